// What the nlp stage found in all documents of a job, summed up: languages, entities, and which documents are nearly
// the same.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>

#include "cli/duplicates.hpp"
#include "cli/record_summary.hpp"

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
  std::uint64_t documents_ = 0;
  std::uint64_t wordless_ = 0;  // scans that were not recognised, as a rule
  std::uint64_t words_ = 0;
  Counts languages_;  // documents
  Counts entities_;
  Counts redacted_;
  NearDuplicates alike_;
};

}  // namespace docmill::cli
