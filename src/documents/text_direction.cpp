#include "documents/text_direction.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace docmill {
namespace {

enum class Direction { neutral, number, left_to_right, right_to_left };

// The bytes of the character that begins at `at`; UTF-8 is taken to be whole.
std::size_t length_at(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t length = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return std::min(length, text.size() - at);
}

char32_t decoded(std::string_view character) {
  if (character.size() == 1) return static_cast<unsigned char>(character[0]);
  char32_t value = static_cast<unsigned char>(character[0]) & (0x7fu >> character.size());
  for (const char c : character.substr(1)) value = value << 6 | (static_cast<unsigned char>(c) & 0x3f);
  return value;
}

// The blocks of the right-to-left scripts; what is neither letter nor digit goes with its surroundings.
Direction direction_of(char32_t c) {
  const auto within = [c](char32_t first, char32_t last) { return c >= first && c <= last; };
  if (within('0', '9') || within(0x660, 0x669) || within(0x6f0, 0x6f9)) return Direction::number;
  if (within(0x590, 0x8ff) || within(0xfb1d, 0xfdff) || within(0xfe70, 0xfefe)) return Direction::right_to_left;
  if (within(0x10800, 0x10fff) || within(0x1e800, 0x1efff)) return Direction::right_to_left;
  const bool ascii_letter = within('A', 'Z') || within('a', 'z');
  return ascii_letter || (c >= 0xc0 && !within(0x2000, 0x2bff)) ? Direction::left_to_right : Direction::neutral;
}

struct Character {
  std::string_view bytes;
  Direction direction;
};

std::vector<Character> characters_of(std::string_view text) {
  std::vector<Character> characters;
  for (std::size_t at = 0; at < text.size();) {
    const auto bytes = text.substr(at, length_at(text, at));
    characters.push_back({bytes, direction_of(decoded(bytes))});
    at += bytes.size();
  }
  return characters;
}

// Turns the whole around, then each run that is written from left to right back again.
template <class Items, class IsLeftToRight>
void turn_around(Items& items, IsLeftToRight is_left_to_right) {
  std::reverse(items.begin(), items.end());
  for (auto begin = items.begin(); begin != items.end();) {
    const auto end = std::find_if_not(begin, items.end(), is_left_to_right);
    std::reverse(begin, end);
    begin = end == items.end() ? end : std::next(end);
  }
}

std::string turned_around(std::string_view text) {
  auto characters = characters_of(text);
  turn_around(characters, [](const Character& c) {
    return c.direction == Direction::left_to_right || c.direction == Direction::number;
  });
  std::string result;
  for (const auto& character : characters) result += character.bytes;
  return result;
}

}  // namespace

void to_reading_order(Line& line) {
  std::ptrdiff_t balance = 0;  // right-to-left characters less the others
  bool any = false;
  const auto is_left_to_right = [](const Word& word) {
    const auto characters = characters_of(word.text);
    return std::none_of(characters.begin(), characters.end(),
                        [](const Character& c) { return c.direction == Direction::right_to_left; });
  };
  for (const auto& word : line.words) {
    for (const auto& character : characters_of(word.text)) {
      any = any || character.direction == Direction::right_to_left;
      balance += character.direction == Direction::right_to_left ? 1 : 0;
      balance -= character.direction == Direction::left_to_right ? 1 : 0;
    }
  }
  if (!any) return;
  line.right_to_left = balance > 0;
  if (line.right_to_left) {
    turn_around(line.words, is_left_to_right);
  } else {
    for (auto begin = line.words.begin(); begin != line.words.end();) {
      begin = std::find_if_not(begin, line.words.end(), is_left_to_right);
      const auto end = std::find_if(begin, line.words.end(), is_left_to_right);
      std::reverse(begin, end);
      begin = end;
    }
  }
  for (auto& word : line.words) {
    if (!is_left_to_right(word)) word.text = turned_around(word.text);
  }
}

}  // namespace docmill
