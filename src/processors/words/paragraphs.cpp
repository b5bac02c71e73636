#include "processors/words/paragraphs.hpp"

#include <algorithm>
#include <array>

namespace docmill::nlp {
namespace {

constexpr std::uint32_t longest_paragraph = 256U << 10U;

std::string_view trimmed(std::string_view line) {
  while (!line.empty() && is_space(line.front())) line.remove_prefix(1);
  while (!line.empty() && is_space(line.back())) line.remove_suffix(1);
  return line;
}

// Where a piece of at most longest_paragraph bytes may end: at a space, else between characters.
std::uint32_t cut_point(std::string_view text, Span paragraph) {
  std::uint32_t cut = paragraph.begin + longest_paragraph;
  const std::uint32_t earliest = cut - longest_paragraph / 8;
  for (std::uint32_t i = cut; i > earliest; --i) {
    if (is_space(text[i])) return i;
  }
  while (is_continuation(text[cut])) --cut;
  return cut;
}

void add(std::string_view text, Span paragraph, std::vector<Span>& found) {
  while (paragraph.begin < paragraph.end && is_space(text[paragraph.begin])) ++paragraph.begin;
  while (paragraph.end > paragraph.begin && is_space(text[paragraph.end - 1])) --paragraph.end;
  while (paragraph.size() > longest_paragraph) {
    const auto cut = cut_point(text, paragraph);
    found.push_back({paragraph.begin, cut});
    paragraph.begin = cut;
    while (paragraph.begin < paragraph.end && is_space(text[paragraph.begin])) ++paragraph.begin;
  }
  if (paragraph.size() > 0) found.push_back(paragraph);
}

bool begins_item(std::string_view line) {
  constexpr std::string_view bullets = "-*+";
  if (line.size() > 1 && bullets.find(line[0]) != std::string_view::npos && line[1] == ' ') return true;
  for (const std::string_view bullet : {"•", "▪", "◦", "–", "·", "⁃"}) {
    if (line.starts_with(bullet)) return true;
  }
  const auto digits = line.find_first_not_of("0123456789");
  return digits != std::string_view::npos && digits > 0 && digits < 4 && (line[digits] == '.' || line[digits] == ')') &&
         line.substr(digits + 1).starts_with(' ');
}

}  // namespace

std::vector<Span> find_paragraphs(std::string_view text) {
  std::vector<Span> found;
  Span current{0, 0};
  for (std::size_t line = 0; line < text.size();) {
    std::size_t end = line;
    while (end < text.size() && text[end] != '\n' && text[end] != '\f') ++end;
    const bool is_empty = trimmed(text.substr(line, end - line)).empty();
    if (is_empty) {
      add(text, current, found);
      current = {static_cast<std::uint32_t>(end), static_cast<std::uint32_t>(end)};
    } else {
      current.end = static_cast<std::uint32_t>(end);
      if (end < text.size() && text[end] == '\f') {
        add(text, current, found);
        current = {current.end, current.end};
      }
    }
    line = end + 1;
  }
  add(text, current, found);
  return found;
}

bool is_mail_header(std::string_view paragraph) {
  constexpr std::array<std::string_view, 5> names{"Subject: ", "From: ", "To: ", "Cc: ", "Date: "};
  std::size_t fields = 0;
  while (!paragraph.empty()) {
    const auto line = paragraph.substr(0, paragraph.find('\n'));
    paragraph.remove_prefix(std::min(line.size() + 1, paragraph.size()));
    if (std::ranges::none_of(names, [&](auto name) { return line.starts_with(name); })) return false;
    ++fields;
  }
  return fields > 1;
}

std::vector<std::uint32_t> hard_line_ends(std::string_view text, Span paragraph) {
  const auto whole = paragraph.in(text);
  std::vector<std::uint32_t> ends;
  if (whole.find('\n') == std::string_view::npos) return ends;
  std::size_t longest = 0;
  const auto each_line = [&](auto&& visit) {
    for (std::size_t begin = 0; begin < whole.size();) {
      const auto end = std::min(whole.find('\n', begin), whole.size());
      visit(trimmed(whole.substr(begin, end - begin)), end);
      begin = end + 1;
    }
  };
  each_line([&](std::string_view line, std::size_t) { longest = std::max(longest, line.size()); });
  each_line([&](std::string_view line, std::size_t end) {
    if (end == whole.size()) return;
    const auto next_end = std::min(whole.find('\n', end + 1), whole.size());
    const auto next = trimmed(whole.substr(end + 1, next_end - end - 1));
    if (line.size() < longest / 2 || begins_item(next))
      ends.push_back(paragraph.begin + static_cast<std::uint32_t>(end));
  });
  return ends;
}

}  // namespace docmill::nlp
