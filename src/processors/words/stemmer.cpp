#include "processors/words/stemmer.hpp"

#include <libstemmer.h>

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstring>
#include <deque>
#include <memory>
#include <memory_resource>
#include <string>

namespace docmill::nlp {
namespace {

struct CloseStemmer {
  void operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }
};

// The rules of one language, and what they said.
class Stemmer {
 public:
  explicit Stemmer(std::string_view language)
      : language_(language), rules_(sb_stemmer_new(language_.c_str(), "UTF_8")) {}

  const std::string& language() const { return language_; }

  std::string_view stem(std::string_view word) {
    if (!rules_) return word;
    if (const auto known = known_.find(word); known != known_.end()) return known->second;
    const auto* const text =
        sb_stemmer_stem(rules_.get(), reinterpret_cast<const sb_symbol*>(word.data()), static_cast<int>(word.size()));
    if (text == nullptr) return word;  // no memory
    const std::string_view stem(reinterpret_cast<const char*>(text),
                                static_cast<std::size_t>(sb_stemmer_length(rules_.get())));
    if (word.size() > longest_kept) return stem;
    if (known_.size() == most_kept) {
      known_.clear();
      strings_.release();
    }
    const auto kept = keep(word);
    // Most stems are the beginnings of their words.
    return known_.emplace(kept, word.starts_with(stem) ? kept.substr(0, stem.size()) : keep(stem)).first->second;
  }

 private:
  static constexpr std::size_t most_kept = 1U << 16U;
  static constexpr std::size_t longest_kept = 64;  // bytes

  std::string_view keep(std::string_view text) {
    auto* const copy = static_cast<char*>(strings_.allocate(text.size(), 1));
    std::memcpy(copy, text.data(), text.size());
    return {copy, text.size()};
  }

  const std::string language_;
  const std::unique_ptr<sb_stemmer, CloseStemmer> rules_;  // null: none for this language
  std::pmr::monotonic_buffer_resource strings_;
  boost::unordered_flat_map<std::string_view, std::string_view> known_;
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
