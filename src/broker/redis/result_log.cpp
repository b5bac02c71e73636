#include "broker/redis/result_log.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace docmill::redis {
namespace {

constexpr char start_of_unit = 1;
constexpr char more_of_unit = 0;
constexpr unsigned entry_bits = 24;
constexpr std::uint64_t entry_mask = (std::uint64_t{1} << entry_bits) - 1;

// Redis adds 6 bytes to a string, and jemalloc allots 4 sizes between a power of two and the next.
constexpr std::size_t added = 6;
constexpr std::size_t largest_chunk = std::size_t{32} * 1024 - added;
constexpr std::size_t smallest_cut = 1024;

// The largest chunk that fills an allotment and is no longer than `size`; the same as the functions' cut().
std::size_t cut(std::size_t size) {
  if (size <= smallest_cut) return size;
  if (size >= largest_chunk) return largest_chunk;
  std::size_t step = 256;
  while (step * 8 <= size + added) step *= 2;
  return (size + added) / step * step - added;
}

// A number of variable length at `at`, which is moved behind it; nothing where the text ends within it.
std::optional<std::uint64_t> read_number(std::string_view text, std::size_t& at) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && at < text.size(); shift += 7) {
    const auto byte = static_cast<unsigned char>(text[at++]);
    value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

}  // namespace

void append_entry(Writer& log, std::uint64_t index, Outcome outcome, std::string_view result) {
  log.varint(index);
  log.varint(result.size() * 2 + (outcome == Outcome::partial ? 1 : 0));
  log.raw(result);
}

std::vector<std::string> cut_log(std::string_view entries) {
  std::vector<std::string> chunks;
  char mark = start_of_unit;
  while (!entries.empty()) {
    const std::size_t taken = cut(entries.size() + 1) - 1;
    std::string& chunk = chunks.emplace_back();
    chunk.reserve(taken + 1);
    chunk += mark;
    chunk += entries.substr(0, taken);
    entries.remove_prefix(taken);
    mark = more_of_unit;
  }
  return chunks;
}

LogReader::LogReader(std::uint64_t cursor, std::size_t limit)
    : limit_(limit), next_chunk_(cursor >> entry_bits), unit_(next_chunk_), to_skip_(cursor & entry_mask) {}

void LogReader::read(std::uint64_t number, std::string_view chunk) {
  next_chunk_ = number + 1;
  if (chunk.empty()) return;
  if (chunk.front() == start_of_unit) {
    if (number != unit_) to_skip_ = 0;
    unit_ = number;
    read_ = 0;
    in_unit_ = true;
    rest_.clear();
  }
  if (!in_unit_) return;  // a cursor that was made up points into the midst of a unit: the next one will do
  rest_ += chunk.substr(1);
  read_entries();
}

void LogReader::read_entries() {
  std::size_t done = 0;
  while (!has_enough()) {
    std::size_t at = done;
    const auto index = read_number(rest_, at);
    const auto size = read_number(rest_, at);
    if (!index || !size || *size / 2 > rest_.size() - at) break;
    if (read_ >= to_skip_) {
      ResultRow& row = page_.rows.emplace_back();
      row.index = *index;
      row.outcome = *size % 2 == 1 ? Outcome::partial : Outcome::ok;
      row.result = rest_.substr(at, *size / 2);
    }
    ++read_;
    done = at + *size / 2;
  }
  rest_.erase(0, done);
}

ResultPage LogReader::page() {
  page_.next = unit_ << entry_bits | std::max(read_, to_skip_);
  return std::move(page_);
}

}  // namespace docmill::redis
