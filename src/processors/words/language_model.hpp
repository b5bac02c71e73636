// The language of a text by a model of fastText's, where one is installed (core/model_file.hpp). docmill has none of
// its own: what it was made for is lid.176 (https://fasttext.cc/docs/en/language-identification.html).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "processors/words/language.hpp"

namespace fasttext {
class FastText;
}

namespace docmill::nlp {

// Thread-safe: it does not change.
class LanguageModel {
 public:
  // unreadable: the file is missing, damaged, or a model of something else (its labels are no languages).
  static Result<LanguageModel> load(const std::string& path);
  LanguageModel(LanguageModel&&) noexcept;
  ~LanguageModel();

  // `confidence` is the model's probability; reliable from one half. "und": the text has no words.
  LanguageGuess guess(std::string_view text) const;

 private:
  explicit LanguageModel(std::unique_ptr<fasttext::FastText> model);
  std::unique_ptr<fasttext::FastText> model_;
};

}  // namespace docmill::nlp
