#include "processors/nlp/entities.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include "processors/nlp/entity_finders.hpp"
#include "processors/nlp/zone_marks.hpp"

namespace docmill::nlp {
namespace {

// Calls visit(word) for each piece between spaces that has one of "@.:", without which it is no address.
template <class Visit>
void each_marked_word(std::string_view text, Visit visit) {
  enum : std::uint8_t { space = 1, mark = 2 };
  static constexpr auto classes = [] {
    std::array<std::uint8_t, 256> result{};
    for (const unsigned char c : {' ', '\t', '\n', '\v', '\f', '\r'}) result[c] = space;
    for (const unsigned char c : {'@', '.', ':'}) result[c] = mark;
    return result;
  }();
  const auto size = static_cast<std::uint32_t>(text.size());
  const char* const bytes = text.data();  // no checks of bounds in a loop over the whole text
  for (std::uint32_t begin = 0; begin < size; ++begin) {
    unsigned seen = 0;
    std::uint32_t end = begin;
    for (; end < size; ++end) {
      const unsigned kind = classes[static_cast<unsigned char>(bytes[end])];
      if (kind == space) break;
      seen |= kind;
    }
    if (seen != 0) visit(Span{begin, end});
    begin = end;
  }
}

// Zones around digits: most of most texts is far from any, and need not be searched. A zone ends between words, so
// that no pattern sees the beginning of a word where there is none; but of words that have no end (minified JSON,
// Base64) each zone has only a piece, as it would cost the square of their length.
class DigitZones {
 public:
  explicit DigitZones(std::string_view text) : text_(text) {}

  template <class Visit>
  void each(Visit visit) const {
    Span zone;
    each_digit([&](std::uint32_t digit) {
      if (zone.end == 0 || digit > zone.end + 2 * margin || digit - zone.begin > longest) {
        if (zone.end > 0) visit(widened(zone));
        zone.begin = digit;
      }
      zone.end = digit + 1;
    });
    if (zone.end > 0) visit(widened(zone));
  }

 private:
  // A table is one zone from end to end. Finders compare what they find in a zone each with each.
  static constexpr std::uint32_t longest = 4096;
  static constexpr std::uint32_t margin = 32;  // the longest that stands before or after the digits: names of months

  template <class Visit>
  void each_digit(Visit visit) const {
    std::uint32_t i = 0;
    for (const char c : text_) {
      if (is_ascii_digit(c)) visit(i);
      ++i;
    }
  }

  Span widened(Span zone) const {
    const auto size = static_cast<std::uint32_t>(text_.size());
    zone.begin = zone.begin > margin ? zone.begin - margin : 0;
    const auto earliest = zone.begin > longest ? zone.begin - longest : 0;
    while (zone.begin > earliest && !is_space(text_[zone.begin - 1])) --zone.begin;
    while (zone.begin > 0 && is_continuation(text_[zone.begin])) --zone.begin;
    zone.end = std::min(zone.end + margin, size);
    const auto latest = std::min(zone.end + longest, size);
    while (zone.end < latest && !is_space(text_[zone.end])) ++zone.end;
    while (zone.end < size && is_continuation(text_[zone.end])) ++zone.end;
    return zone;
  }

  std::string_view text_;
};

// What stands around digits, by the patterns that have a chance in this zone.
void find_numbers(std::string_view text, Span zone, std::string_view language, Entities& found) {
  constexpr std::uint32_t fewest_of_card = 13;
  constexpr std::uint32_t fewest_of_phone = 6;
  const auto marks = marks_of(zone.in(text));
  if (marks.has_capitals_before_digit) find_ibans(text, zone, found);
  if (marks.digits >= fewest_of_card) find_cards(text, zone, found);
  if (marks.separations >= 2) find_dates_in_figures(text, zone, language, found);
  if (marks.has_month) find_dates_with_months(text, zone, found);
  if (marks.has_currency) find_money(text, zone, found);
  if (marks.has_dialled_prefix) find_international_phones(text, zone, found);
  if (marks.digits >= fewest_of_phone) find_national_phones(text, zone, found);
}

// Puts aside what overlaps with an entity of a kind that comes first.
void settle(Entities& found, const std::vector<EntityKind>& first) {
  const auto rank = [&](EntityKind kind) {
    const bool is_first = std::find(first.begin(), first.end(), kind) != first.end();
    return std::pair(is_first ? 0 : 1, kind);
  };
  std::stable_sort(found.begin(), found.end(), [&](const Entity& a, const Entity& b) {
    if (a.kind != b.kind) return rank(a.kind) < rank(b.kind);
    return a.span.begin != b.span.begin ? a.span.begin < b.span.begin : a.span.end > b.span.end;
  });
  Entities kept;
  std::set<Span> taken;
  for (auto& entity : found) {
    const auto next = taken.lower_bound(entity.span);
    if (next != taken.end() && next->begin < entity.span.end) continue;
    if (next != taken.begin() && std::prev(next)->end > entity.span.begin) continue;
    taken.insert(next, entity.span);
    kept.push_back(std::move(entity));
  }
  found = std::move(kept);
}

}  // namespace

std::optional<EntityKind> entity_kind_from_string(std::string_view name) {
  const auto* const found = std::find(entity_names.begin(), entity_names.end(), name);
  if (found == entity_names.end()) return std::nullopt;
  return static_cast<EntityKind>(found - entity_names.begin());
}

std::vector<Entity> find_entities(std::string_view text, std::string_view language,
                                  const std::vector<EntityKind>& first) {
  std::vector<Entity> result;
  Entities local;
  const auto take = [&] {
    if (local.size() > 1) settle(local, first);
    for (auto& entity : local) result.push_back(std::move(entity));
    local.clear();
  };
  each_marked_word(text, [&](Span word) {
    const auto letters = word.in(text);
    if (letters.size() < 4 || letters.find_first_of("@.:") >= letters.size() - 1) return;
    if (letters.find('@') != std::string_view::npos) find_email(text, word, local);
    find_url(text, word, local);
    take();
  });
  const auto addresses = result.size();
  DigitZones(text).each([&](Span zone) {
    find_numbers(text, zone, language, local);
    take();
  });
  // Zones may touch each other, and numbers in addresses are no numbers.
  if (addresses > 0 && addresses < result.size()) settle(result, first);
  const auto by_place = [](const Entity& a, const Entity& b) { return a.span < b.span; };
  std::sort(result.begin(), result.end(), by_place);
  const auto overlaps = [](const Entity& a, const Entity& b) { return b.span.begin < a.span.end; };
  result.erase(std::unique(result.begin(), result.end(), overlaps), result.end());
  return result;
}

std::string redact(std::string_view text, const std::vector<Entity>& entities) {
  std::string result;
  std::uint32_t done = 0;
  for (const auto& entity : entities) {
    result.append(text.substr(done, entity.span.begin - done));
    const auto length = count_code_points(entity.span.in(text));
    for (std::uint32_t i = 0; i < length; ++i) result += "█";
    done = entity.span.end;
  }
  return result.append(text.substr(done));
}

}  // namespace docmill::nlp
