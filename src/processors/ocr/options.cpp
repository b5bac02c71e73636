#include "processors/ocr/options.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "core/language.hpp"
#include "core/option_rules.hpp"

namespace docmill::ocr {
namespace {

namespace json = boost::json;

std::string text_of(const json::object& options, std::string_view name) {
  return std::string(options.at(name).as_string());
}

int number_of(const json::object& options, std::string_view name) { return options.at(name).to_number<int>(); }

Mode mode_of(const json::object& options) {
  const auto& name = options.at("mode").as_string();
  if (name == "force") return Mode::force;
  if (name == "skip") return Mode::skip;
  if (name == "redo") return Mode::redo;
  return Mode::automatic;
}

std::vector<std::string> formats_of(const json::object& options) {
  std::vector<std::string> formats;
  if (options.at("sidecar").as_bool()) formats.emplace_back("txt");
  for (const auto& item : options.at("format").as_array()) {
    std::string format(item.as_string());
    if (std::find(formats.begin(), formats.end(), format) == formats.end()) formats.push_back(std::move(format));
  }
  return formats;
}

}  // namespace

std::string OcrOptions::language_names() const {
  std::string names;
  for (const auto& language : engine.languages) names.append(names.empty() ? "" : "+").append(language);
  return names;
}

Result<OcrOptions> read_ocr_options(const json::object& resolved) {
  DOCMILL_TRY(languages, engine_languages(text_of(resolved, "language")));
  OcrOptions options;
  options.engine.languages = std::move(languages);
  options.engine.mode = number_of(resolved, "tesseract_oem");
  options.engine.user_words = text_of(resolved, "user_words");
  options.engine.user_patterns = text_of(resolved, "user_patterns");
  options.retry_below = resolved.at("retry_below").to_number<double>();
  options.skip_big = resolved.at("skip_big").to_number<double>();
  options.mode = mode_of(resolved);
  options.formats = formats_of(resolved);
  options.segmentation_mode = number_of(resolved, "tesseract_pagesegmode");
  options.pdfa = wants_pdfa(resolved);
  options.prepare = resolved.at("prepare").as_bool();
  return options;
}

}  // namespace docmill::ocr
