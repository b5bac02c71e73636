// The names of a job's documents and its results, both packed by the chunk.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "broker/broker.hpp"
#include "broker/sqlite/database.hpp"
#include "broker/sqlite/packing.hpp"
#include "broker/sqlite/records.hpp"

namespace docmill::sqlite {

class NameTable {
 public:
  explicit NameTable(Database& database) : database_(database) {}

  // Adds the names from index `first` on.
  void append(std::uint64_t job, std::uint64_t first, const std::vector<std::string>& names);
  // The name of a document that was added. The view is good until the next call.
  std::string_view name(std::uint64_t job, std::uint64_t index);
  // Forgets what was read: a transaction that may have written it was undone.
  void forget() { chunks_.clear(); }

 private:
  struct Chunk {
    std::uint64_t end = 0;  // key after the last name
    std::string data;
    std::vector<std::string_view> names;
  };

  const Chunk& read(std::uint64_t key);

  Database& database_;
  std::map<std::uint64_t, Chunk> chunks_;  // by key of the first name; names never change
};

// Collects the results of one call and writes them in as few rows as is sensible.
class ResultWriter {
 public:
  explicit ResultWriter(Database& database) : database_(database) {}

  void add(JobRow& job, std::uint64_t index, Outcome outcome, std::string_view result);
  // Writes what is left. Jobs that were passed to add() must still be there.
  void flush();

 private:
  struct Pending {
    JobRow* job = nullptr;
    Packer rows;
  };

  void write(Pending& pending);

  Database& database_;
  std::map<std::uint64_t, Pending> pending_;  // by number of the job
};

// Results from chunk `cursor` on: whole chunks, until there are `limit` rows.
ResultPage read_results(Database& database, const JobRow& job, std::uint64_t cursor, int limit);

}  // namespace docmill::sqlite
