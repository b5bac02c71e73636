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
  // Documents that are named at most.
  static constexpr std::size_t most_named = 20;

  // A document and its result record; one without a verdict is not counted.
  void add(const std::string& document, const boost::json::object& record);

  std::uint64_t documents() const;
  std::uint64_t invalid() const { return count_of("invalid"); }
  boost::json::object json() const;
  std::string text() const;  // lines for people; empty: no document was counted

 private:
  struct Named {
    std::string document;
    std::string reason;
  };
  std::uint64_t count_of(const std::string& verdict) const;

  Counts verdicts_;
  Counts documents_with_;  // by code
  std::vector<Named> invalid_;
  ExactDuplicates same_;
  NearDuplicates alike_;  // of each digest only one
};

// Whether this result record has a verdict of the stage validation, and it is `invalid`.
bool is_invalid(const boost::json::object& record);

}  // namespace docmill::cli
