// Sets of words that are part of the program, written as one text with a space between words.
#pragma once

#include <boost/unordered/unordered_flat_set.hpp>
#include <string_view>

namespace docmill::nlp {

using WordSet = boost::unordered_flat_set<std::string_view>;

// `words` must outlive the set.
inline WordSet make_word_set(std::string_view words) {
  WordSet result;
  while (!words.empty()) {
    const auto end = words.find(' ') == std::string_view::npos ? words.size() : words.find(' ');
    if (end > 0) result.insert(words.substr(0, end));
    words.remove_prefix(end == words.size() ? end : end + 1);
  }
  return result;
}

}  // namespace docmill::nlp
