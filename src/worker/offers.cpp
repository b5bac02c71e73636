#include "worker/offers.hpp"

#include "core/options.hpp"
#include "processors/ocr/engine.hpp"
#include "processors/ocr/ghostscript.hpp"

namespace docmill {

Words offered_words() {
  Words words;
  for (const std::string_view stage : all_stages()) words.emplace_back(stage);
  if (!ocr::find_ghostscript().empty()) words.emplace_back("pdfa");
  for (const std::string& language : ocr::installed_languages()) {
    std::string word = "lang:" + language;
    if (check_offers({word})) words.push_back(std::move(word));
  }
  return words;
}

}  // namespace docmill
