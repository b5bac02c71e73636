#include "broker/redis/names.hpp"

#include <algorithm>

#include "core/error.hpp"

namespace docmill::redis {
namespace {

[[noreturn]] void damaged() {
  throw SystemError(SystemError::Kind::misconfigured,
                    "the names of a job on the Redis server are damaged: remove that job");
}

std::size_t shared_length(std::string_view a, std::string_view b) {
  const auto [end, unused] = std::ranges::mismatch(a, b);
  return static_cast<std::size_t>(end - a.begin());
}

}  // namespace

std::vector<std::string> pack_names(std::uint64_t first, const std::vector<std::string>& names) {
  std::vector<std::string> chunks;
  Writer chunk;
  std::string_view before;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0 && (first + i) % names_per_chunk == 0) {
      chunks.push_back(chunk.take());
      before = {};
    }
    const std::string_view name = names[i];
    const std::size_t shared = shared_length(before, name);
    chunk.varint(shared);
    chunk.varint(name.size() - shared);
    chunk.raw(name.substr(shared));
    before = name;
  }
  if (!names.empty()) chunks.push_back(chunk.take());
  return chunks;
}

NameChunks::NameChunks(Reader& head, const std::vector<std::string_view>& chunks) {
  for (const std::string_view packed : chunks) {
    const std::uint64_t number = head.u64();
    const std::uint64_t chunk = head.u32();
    chunks_.emplace(std::pair(number, chunk), unpack(packed));
  }
}

NameChunks::Chunk NameChunks::unpack(std::string_view packed) {
  Chunk chunk;
  chunk.bytes.reserve(packed.size() * 2);
  chunk.ends.reserve(names_per_chunk);
  Reader reader(packed);
  std::size_t before = 0;  // where the last name begins
  while (!reader.at_end()) {
    const std::size_t start = chunk.bytes.size();
    const std::uint64_t shared = reader.varint();
    if (shared > start - before) damaged();
    chunk.bytes.append(chunk.bytes, before, shared);
    chunk.bytes.append(reader.raw(reader.varint()));
    chunk.ends.push_back(chunk.bytes.size());
    before = start;
  }
  return chunk;
}

std::string_view NameChunks::name(std::uint64_t job_number, std::uint64_t index) const {
  const auto found = chunks_.find(std::pair(job_number, index / names_per_chunk));
  const std::size_t place = index % names_per_chunk;
  if (found == chunks_.end() || place >= found->second.ends.size()) damaged();
  const Chunk& chunk = found->second;
  const std::size_t start = place == 0 ? 0 : chunk.ends[place - 1];
  return std::string_view(chunk.bytes).substr(start, chunk.ends[place] - start);
}

}  // namespace docmill::redis
