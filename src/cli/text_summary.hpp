// What the nlp stage found in all documents of a job, summed up: languages, entities, and which documents are nearly
// the same.
//
// Near-duplicates are found by their signatures (core/minhash.hpp) without comparing each with each: signatures are cut
// into 32 bands of 4 bytes, and only documents that share a band are compared (Leskovec, Rajaraman, Ullman, "Mining of
// Massive Datasets", section 3.4). Of two documents that resemble each other by 0.8, the chance to share none is below
// one in a million.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "broker/broker.hpp"
#include "core/minhash.hpp"

namespace docmill::cli {

class TextSummary {
 public:
  // Documents that resemble each other by so much are near-duplicates.
  static constexpr double near_duplicate = 0.8;
  // The signatures of more documents than that are not kept: they cost memory.
  static constexpr std::size_t most_signatures = 200'000;

  // A document and its result record; one without findings about its text is not counted.
  void add(std::string document, const boost::json::object& record);

  struct Group {
    std::vector<std::string> documents;  // the first as it came, the others resemble it
    double resemblance = 1;              // least of them with the first
  };
  // Largest first.
  std::vector<Group> near_duplicates() const;

  std::uint64_t documents() const { return documents_; }
  boost::json::object json() const;
  std::string text() const;  // lines for people; empty: no document was counted

 private:
  using Counts = std::map<std::string, std::uint64_t>;

  std::uint64_t documents_ = 0;
  std::uint64_t words_ = 0;
  Counts languages_;  // documents
  Counts entities_;
  Counts redacted_;
  std::vector<std::pair<std::string, Signature>> signatures_;
};

// Of the documents of the job that are done.
awaitable<TextSummary> summarise_texts(Broker& broker, JobId job);

// Whether the stages of this pipeline leave anything to be summed up.
bool has_texts(std::string_view pipeline);

}  // namespace docmill::cli
