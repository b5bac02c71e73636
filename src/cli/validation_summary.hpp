// What the stage validation says of all documents of a job, summed up: verdicts, findings, and which documents are the
// same, or nearly.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "cli/duplicates.hpp"
#include "cli/record_summary.hpp"

namespace docmill::cli {

class ValidationSummary {
 public:
  // A document and its result record; one without a verdict is not counted.
  void add(const std::string& document, const boost::json::object& record);

  std::uint64_t documents() const;
  std::uint64_t invalid() const { return invalid_.count(); }
  boost::json::object json() const;
  std::string text() const;  // lines for people; empty: no document was counted

 private:
  std::uint64_t count_of(const std::string& verdict) const;

  Counts verdicts_;
  Counts documents_with_;  // by code
  NamedDocuments invalid_;
  ExactDuplicates same_;
  NearDuplicates alike_;  // of each digest only one
};

// Whether this result record has a verdict of the stage validation, and it is `invalid`.
bool is_invalid(const boost::json::object& record);

}  // namespace docmill::cli
