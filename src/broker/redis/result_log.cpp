#include "broker/redis/result_log.hpp"

namespace docmill::redis {
namespace {

constexpr unsigned byte_bits = 40;
constexpr std::uint64_t check_mask = 0x1fff;

// FNV-1a, folded.
std::uint64_t check_of(const JobId& job, std::uint64_t byte) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  const auto add = [&](std::uint64_t value) { hash = (hash ^ value) * 0x100000001b3U; };
  for (const char c : job.value) add(static_cast<unsigned char>(c));
  for (unsigned shift = 0; shift < byte_bits; shift += 8) add((byte >> shift) & 0xffU);
  return ((hash >> 32U) ^ hash) & check_mask;
}

// A number of variable length at `at`, which is moved behind it; nothing where the log ends within it.
std::optional<std::uint64_t> read_number(std::string_view log, std::size_t& at) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && at < log.size(); shift += 7) {
    const auto byte = static_cast<unsigned char>(log[at++]);
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

std::size_t read_entries(std::string_view log, std::size_t limit, ResultPage& page) {
  std::size_t read = 0;
  while (page.rows.size() < limit) {
    std::size_t at = read;
    const auto index = read_number(log, at);
    const auto size = read_number(log, at);
    if (!index || !size || *size / 2 > log.size() - at) break;
    ResultRow& row = page.rows.emplace_back();
    row.index = *index;
    row.outcome = *size % 2 == 1 ? Outcome::partial : Outcome::ok;
    row.result = log.substr(at, *size / 2);
    read = at + *size / 2;
  }
  return read;
}

std::uint64_t cursor_at(const JobId& job, std::uint64_t byte) {
  return byte == 0 ? 0 : byte | check_of(job, byte) << byte_bits;
}

std::optional<std::uint64_t> byte_of(const JobId& job, std::uint64_t cursor) {
  const std::uint64_t byte = cursor & ((std::uint64_t{1} << byte_bits) - 1);
  if (cursor_at(job, byte) != cursor) return std::nullopt;
  return byte;
}

}  // namespace docmill::redis
