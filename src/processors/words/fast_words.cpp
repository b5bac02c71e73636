#include "processors/words/fast_words.hpp"

#include <array>

namespace docmill::nlp {
namespace {

// The values of the property Word_Break that matter here.
enum class Class : std::uint8_t {
  other,       // a word ends before it and after it
  letter,      // ALetter
  digit,       // Numeric
  underscore,  // ExtendNumLet
  mid_letter,  // between letters it is part of the word
  mid_number,  // likewise between digits
  mid_both,    // MidNumLet, Single_Quote: either
  unknown,     // not for this file
};

constexpr std::array<Class, 128> ascii_classes = [] {
  std::array<Class, 128> classes{};
  for (std::size_t c = 'a'; c <= 'z'; ++c) classes[c] = classes[c - 'a' + 'A'] = Class::letter;
  for (std::size_t c = '0'; c <= '9'; ++c) classes[c] = Class::digit;
  classes['_'] = Class::underscore;
  classes[','] = classes[';'] = Class::mid_number;
  classes['.'] = classes['\''] = Class::mid_both;
  return classes;
}();

struct Character {
  Class kind;
  std::uint32_t length;
};

// U+0080 … U+07FF.
Class class_of_two_bytes(unsigned c) {
  if (c == 0xAA || c == 0xB5 || c == 0xBA) return Class::letter;
  if (c == 0xB7 || c == 0x387) return Class::mid_letter;
  if (c == 0xAD || c == 0x85) return Class::unknown;  // Format, Newline
  if (c < 0xC0 || c == 0xD7 || c == 0xF7) return Class::other;
  if (c < 0x250) return Class::letter;  // Latin-1, Extended-A and -B
  if (c == 0x37E || c == 0x375 || c == 0x378 || c == 0x379) return Class::unknown;
  if (c >= 0x388 && c < 0x400 && c != 0x38B && c != 0x38D && c != 0x3A2 && c != 0x3F6) return Class::letter;  // Greek
  if (c == 0x386) return Class::letter;
  if (c >= 0x400 && c < 0x482) return Class::letter;  // Cyrillic
  if (c >= 0x48A && c < 0x530) return Class::letter;
  return Class::unknown;
}

// U+2010 … U+203A of general punctuation, and the euro.
Class class_of_punctuation(unsigned c) {
  if (c == 0x2018 || c == 0x2019) return Class::mid_both;
  if (c == 0x2027) return Class::mid_letter;
  if ((c >= 0x2010 && c <= 0x2023) || c == 0x2025 || c == 0x2026 || (c >= 0x2030 && c <= 0x203A)) return Class::other;
  return c == 0x20AC ? Class::other : Class::unknown;
}

Character character_at(std::string_view chunk, std::size_t i) {
  const auto byte = [&](std::size_t k) { return static_cast<unsigned>(static_cast<unsigned char>(chunk[i + k])); };
  const unsigned first = byte(0);
  if (first < 0x80) return {ascii_classes[first], 1};
  if (first < 0xE0) return {class_of_two_bytes((first & 0x1FU) << 6U | (byte(1) & 0x3FU)), 2};
  if (first == 0xE2) return {class_of_punctuation(0x2000U | (byte(1) & 0x3FU) << 6U | (byte(2) & 0x3FU)), 3};
  return {Class::unknown, 1};
}

bool is_word(Class kind) { return kind == Class::letter || kind == Class::digit || kind == Class::underscore; }

// Whether `middle` joins what stands on both sides of it (WB6, WB7, WB11, WB12).
bool joins(Class before, Class middle, Class after) {
  if (before != after) return false;
  if (before == Class::letter) return middle == Class::mid_letter || middle == Class::mid_both;
  return before == Class::digit && (middle == Class::mid_number || middle == Class::mid_both);
}

}  // namespace

bool fast_words(std::string_view chunk, std::uint32_t offset, std::vector<Word>& found) {
  const auto before = found.size();
  const auto size = static_cast<std::uint32_t>(chunk.size());
  std::uint32_t i = 0;
  while (i < size) {
    auto current = character_at(chunk, i);
    if (current.kind == Class::unknown) {
      found.resize(before);
      return false;
    }
    const std::uint32_t begin = i;
    i += current.length;
    if (!is_word(current.kind)) continue;
    bool has_letters = current.kind == Class::letter;
    bool has_digits = current.kind == Class::digit;
    while (i < size) {
      const auto next = character_at(chunk, i);
      if (is_word(next.kind)) {
        i += next.length;
        current = next;
      } else if (next.kind == Class::unknown) {
        found.resize(before);
        return false;
      } else if (const auto behind = i + next.length; behind < size) {
        const auto after = character_at(chunk, behind);
        if (!joins(current.kind, next.kind, after.kind)) break;
        i = behind + after.length;
        current = after;
      } else {
        break;
      }
      has_letters = has_letters || current.kind == Class::letter;
      has_digits = has_digits || current.kind == Class::digit;
    }
    if (!has_letters && !has_digits) continue;  // underscores only
    found.push_back({{offset + begin, offset + i}, has_letters ? WordKind::letters : WordKind::number});
  }
  return true;
}

}  // namespace docmill::nlp
