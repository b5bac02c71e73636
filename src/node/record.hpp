// The result record of a task: what the worker knows, and what only the node does. One JSON object,
// docs/reference/record.schema.json.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "broker/broker.hpp"

namespace docmill {

struct RecordFacts {
  RecordFacts(const JobSpec& job, const LeasedTask& leased, std::string_view result)
      : spec(job), task(leased), outcome(result) {}

  const JobSpec& spec;
  const LeasedTask& task;
  std::string_view outcome;    // ok, partial, failed
  std::optional<Error> error;  // when failed
  std::string_view worker_record = "{}";
  struct Artifact {
    std::string name;
    std::uint64_t bytes = 0;
  };
  std::vector<Artifact> artifacts;
  bool has_source = false;
  std::uint64_t source_bytes = 0;
  TimePoint source_modified{};
  double seconds = 0;             // of this execution; those of a merge's parts are added
  double cpu_seconds = 0;         // likewise
  std::uint64_t peak_memory = 0;  // bytes; the most of this execution and of the parts
  TimePoint finished_at{};
};

struct Record {
  std::string head;                  // the object without `pages` and without its closing brace
  std::string own_head;              // the same, without what the worker said
  std::vector<std::string> members;  // what the worker said: `,"name":value`
  std::string pages;                 // the manifest, a JSON array; empty: none

  // On one line, with the manifest: for the broker. One that is longer than `limit` is cut short: in place of the pages
  // `manifest` counts them and says that the artifact "json" has them; if need be the longest of the worker's fields
  // are left out too, so that what the stages say in short, of which summaries of jobs are made, is there.
  std::string committed(std::size_t limit = std::string::npos) const;
  // For a file: the head is its first line. With `pages_follow` it is cut short there: the store adds the full pages.
  std::string published(bool pages_follow) const;
};

// internal: the worker's record is no JSON object.
Result<Record> make_record(const RecordFacts& facts);

// A document's name as JSON can hold it: bytes that are no UTF-8 become "\xNN".
std::string document_as_text(std::string_view document);

// "2026-01-31T12:00:00.000Z"
std::string iso_time(TimePoint time);

}  // namespace docmill
