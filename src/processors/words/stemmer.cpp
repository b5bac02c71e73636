#include "processors/words/stemmer.hpp"

#include <libstemmer.h>

#include <deque>
#include <memory>
#include <string>

namespace docmill::nlp {
namespace {

struct CloseStemmer {
  void operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }
};

// The rules of one language.
class Stemmer {
 public:
  explicit Stemmer(std::string_view language)
      : language_(language), rules_(sb_stemmer_new(language_.c_str(), "UTF_8")) {}

  const std::string& language() const { return language_; }

  std::string_view stem(std::string_view word) {
    if (!rules_) return word;
    const auto* const text =
        sb_stemmer_stem(rules_.get(), reinterpret_cast<const sb_symbol*>(word.data()), static_cast<int>(word.size()));
    if (text == nullptr) return word;  // no memory
    return {reinterpret_cast<const char*>(text), static_cast<std::size_t>(sb_stemmer_length(rules_.get()))};
  }

 private:
  const std::string language_;
  const std::unique_ptr<sb_stemmer, CloseStemmer> rules_;  // null: none for this language
};

}  // namespace

std::string_view stem_of(std::string_view word, std::string_view language) {
  thread_local std::deque<Stemmer> stemmers;
  for (auto& stemmer : stemmers) {
    if (stemmer.language() == language) return stemmer.stem(word);
  }
  return stemmers.emplace_back(language).stem(word);
}

}  // namespace docmill::nlp
