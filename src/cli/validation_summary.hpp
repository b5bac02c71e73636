// What the stage validation says of all documents of a job, summed up: verdicts, findings, and which documents are the
// same, or nearly.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "broker/broker.hpp"
#include "cli/duplicates.hpp"

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

  std::map<std::string, std::uint64_t> verdicts_;
  std::map<std::string, std::uint64_t> documents_with_;  // by code
  std::vector<Named> invalid_;
  ExactDuplicates same_;
  NearDuplicates alike_;  // of each digest only one
};

// Of the documents of the job that are done.
awaitable<ValidationSummary> summarise_validation(Broker& broker, JobId job);

// Whether the stages of this pipeline leave anything to be summed up.
bool has_verdicts(std::string_view pipeline);

}  // namespace docmill::cli
