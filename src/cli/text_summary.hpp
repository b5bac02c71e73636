// What the nlp stage found in all documents of a job, summed up: languages, entities, and which documents are nearly
// the same.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <map>
#include <string>

#include "broker/broker.hpp"
#include "cli/duplicates.hpp"

namespace docmill::cli {

class TextSummary {
 public:
  // A document and its result record; one without findings about its text is not counted.
  void add(std::string document, const boost::json::object& record);

  std::vector<DuplicateGroup> near_duplicates() const { return alike_.groups(); }
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
  NearDuplicates alike_;
};

// Of the documents of the job that are done.
awaitable<TextSummary> summarise_texts(Broker& broker, JobId job);

// Whether the stages of this pipeline leave anything to be summed up.
bool has_texts(std::string_view pipeline);

}  // namespace docmill::cli
