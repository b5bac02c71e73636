#include "broker/sqlite/chunks.hpp"

#include <utility>

namespace docmill::sqlite {
namespace {

// Large enough that a name costs little more than itself, small enough to be read for a single one.
constexpr std::size_t most_names = 1'000;
constexpr std::size_t most_name_bytes = std::size_t{64} * 1024;
constexpr std::size_t most_result_bytes = std::size_t{256} * 1024;
constexpr std::size_t most_cached_chunks = 32;

}  // namespace

// ---- Names

void NameTable::append(std::uint64_t job, std::uint64_t first, const std::vector<std::string>& names) {
  Packer chunk;
  std::uint64_t start = first;
  std::uint64_t index = first;
  const auto write = [&] {
    if (index > start) {
      database_.run("INSERT INTO names VALUES (?, ?)", chunk_key(job, start), Blob{chunk.data()});
    }
    chunk.clear();
    start = index;
  };
  for (const std::string& name : names) {
    const bool full = index - start >= most_names || chunk.data().size() + name.size() > most_name_bytes;
    if (full) write();
    chunk.bytes(name);
    ++index;
  }
  write();
}

std::string_view NameTable::name(std::uint64_t job, std::uint64_t index) {
  const std::uint64_t key = chunk_key(job, index);
  auto chunk = chunks_.upper_bound(key);
  if (chunk != chunks_.begin()) {
    --chunk;
    if (key < chunk->second.end) return chunk->second.names[key - chunk->first];
  }
  const Chunk& found = read(key);
  return found.names[key - (found.end - found.names.size())];
}

const NameTable::Chunk& NameTable::read(std::uint64_t key) {
  std::uint64_t first = 0;
  Chunk chunk;
  {
    Query query = database_.query("SELECT key, data FROM names WHERE key <= ? ORDER BY key DESC LIMIT 1", key);
    if (!query.next()) database_.raise(SQLITE_CORRUPT);
    query.read(first, chunk.data);
  }
  if (chunks_.size() >= most_cached_chunks) chunks_.clear();
  Chunk& kept = chunks_[first] = std::move(chunk);  // first in its place: the views point into it
  Unpacker unpacker(kept.data);
  while (!unpacker.at_end()) kept.names.push_back(unpacker.bytes());
  kept.end = first + kept.names.size();
  if (key >= kept.end) database_.raise(SQLITE_CORRUPT);
  return kept;
}

// ---- Results

void ResultWriter::add(JobRow& job, std::uint64_t index, Outcome outcome, std::string_view result) {
  Pending& pending = pending_[job.number];
  pending.job = &job;
  if (pending.rows.data().size() + result.size() > most_result_bytes) write(pending);
  pending.rows.number(index);
  pending.rows.number(static_cast<std::uint64_t>(outcome));
  pending.rows.bytes(result);
}

void ResultWriter::flush() {
  for (auto& [number, pending] : pending_) write(pending);
}

void ResultWriter::write(Pending& pending) {
  if (pending.rows.data().empty()) return;
  JobRow& job = *pending.job;
  database_.run("INSERT INTO results VALUES (?, ?)", chunk_key(job.number, job.results), Blob{pending.rows.data()});
  ++job.results;
  pending.rows.clear();
}

ResultPage read_results(Database& database, const JobRow& job, std::uint64_t cursor, int limit) {
  ResultPage page;
  page.next = cursor;
  if (limit <= 0 || cursor >= job.results) return page;
  Query query = database.query("SELECT data FROM results WHERE key >= ? AND key < ? ORDER BY key",
                               chunk_key(job.number, cursor), chunk_key(job.number, job.results));
  while (std::cmp_less(page.rows.size(), limit) && query.next()) {
    std::string_view data;
    query.read(data);
    Unpacker unpacker(data);
    while (!unpacker.at_end()) {
      ResultRow& row = page.rows.emplace_back();
      row.index = unpacker.number();
      row.outcome = unpacker.number() == 0 ? Outcome::ok : Outcome::partial;
      row.result = unpacker.bytes();
    }
    ++page.next;
  }
  return page;
}

}  // namespace docmill::sqlite
