#include "processors/words/language_model.hpp"

#include <fasttext/fasttext.h>

#include <algorithm>
#include <exception>
#include <sstream>
#include <utility>
#include <vector>

namespace docmill::nlp {
namespace {

constexpr std::string_view label_prefix = "__label__";
constexpr double least_probability = 0.5;

bool names_language(std::string_view label) {
  if (!label.starts_with(label_prefix)) return false;
  const auto code = label.substr(label_prefix.size());
  return code.size() >= 2 && code.size() <= 3 &&
         std::all_of(code.begin(), code.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

Error unfit(const std::string& path, const std::string& cause) {
  return fail(ErrorCode::unreadable, "the language model '" + path + "' cannot be used: " + cause +
                                         "; FASTTEXT_MODEL names another one, or move this one away");
}

}  // namespace

LanguageModel::LanguageModel(std::unique_ptr<fasttext::FastText> model) : model_(std::move(model)) {}
LanguageModel::LanguageModel(LanguageModel&&) noexcept = default;
LanguageModel::~LanguageModel() = default;

Result<LanguageModel> LanguageModel::load(const std::string& path) {
  auto model = std::make_unique<fasttext::FastText>();
  try {
    model->loadModel(path);
    const auto words = model->getDictionary();
    for (int i = 0; i < words->nlabels(); ++i) {
      if (!names_language(words->getLabel(i)))
        return unfit(path, "its label '" + words->getLabel(i) + "' is no language");
    }
    if (words->nlabels() == 0) return unfit(path, "it tells nothing apart");
  } catch (const std::exception& problem) {
    return unfit(path, problem.what());
  }
  return LanguageModel(std::move(model));
}

LanguageGuess LanguageModel::guess(std::string_view text) const {
  std::string line(text);
  // fastText reads one line, and takes these for words of their own.
  std::replace_if(line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r' || c == '\0'; }, ' ');
  std::istringstream input(std::move(line));
  std::vector<std::pair<fasttext::real, std::string>> best;
  model_->predictLine(input, best, 1, 0);
  if (best.empty()) return {};
  LanguageGuess guess;
  guess.code = best.front().second.substr(label_prefix.size());
  guess.confidence = std::min<double>(best.front().first, 1);
  guess.is_reliable = guess.confidence >= least_probability;
  return guess;
}

}  // namespace docmill::nlp
