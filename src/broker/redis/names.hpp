// Names of documents in chunks of 128. Within a chunk a name is what it shares with the name before it (how many
// bytes), and the rest behind its length: names of one directory cost little more than where they differ.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/redis/wire.hpp"

namespace docmill::redis {

inline constexpr std::uint64_t names_per_chunk = 128;  // NAMES_PER_CHUNK in the library

// Names from index `first` on, one string per chunk that they fall in. The first continues a chunk that may be there
// already: so its first name shares nothing.
std::vector<std::string> pack_names(std::uint64_t first, const std::vector<std::string>& names);

// Chunks as the functions answer them: job number and chunk of each, to the end of `head`; themselves in `chunks`.
class NameChunks {
 public:
  NameChunks(Reader& head, const std::vector<std::string_view>& chunks);
  // Throws SystemError (misconfigured) when it is not among them. The view lives as long as this.
  std::string_view name(std::uint64_t job_number, std::uint64_t index) const;

 private:
  struct Chunk {
    std::string bytes;
    std::vector<std::size_t> ends;
  };
  static Chunk unpack(std::string_view packed);

  std::map<std::pair<std::uint64_t, std::uint64_t>, Chunk> chunks_;
};

}  // namespace docmill::redis
