// The log of a job's results: per result its index, its size doubled plus 1 where it is partial, and the record. The
// functions store the entries without looking into them, in units of one or more chunks; a chunk begins with a byte
// that says whether a unit begins with it (library/2_clients.lua). So both ends are here.
//
// A cursor is the chunk with which a unit begins, and how many entries of that unit were read: any number is a cursor.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "broker/broker.hpp"
#include "broker/redis/wire.hpp"

namespace docmill::redis {

void append_entry(Writer& log, std::uint64_t index, Outcome outcome, std::string_view result);

// `entries` as chunks of one unit, of sizes that leave little of an allotment in the server unused.
std::vector<std::string> cut_log(std::string_view entries);

// Reads chunks one after the other, from the one that the cursor names, until there are enough results.
class LogReader {
 public:
  LogReader(std::uint64_t cursor, std::size_t limit);

  std::uint64_t next_chunk() const { return next_chunk_; }
  bool has_enough() const { return page_.rows.size() >= limit_; }
  // `number`: of the chunk, where the reader was to begin or the next. The unit of pieces behind the last chunk has the
  // number of the chunk that it will become.
  void read(std::uint64_t number, std::string_view chunk);
  ResultPage page();

 private:
  void read_entries();

  const std::size_t limit_;
  std::uint64_t next_chunk_;
  std::uint64_t unit_;      // the chunk that it begins with
  std::uint64_t to_skip_;   // entries of it that were read before
  std::uint64_t read_ = 0;  // entries of it, with those skipped
  bool in_unit_ = false;    // its beginning was met
  std::string rest_;        // of it, not read yet
  ResultPage page_;
};

}  // namespace docmill::redis
