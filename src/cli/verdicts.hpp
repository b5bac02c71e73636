// What became of one document, put for people and for programs, from what the broker keeps.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "broker/broker.hpp"

namespace docmill::cli {

struct Verdict {
  std::string document;  // plain path
  std::string reason;    // why it failed, or is partial: "encrypted: …"; empty: all is well
  boost::json::object record;
};

// "encrypted: It needs a password. (page 2)", of an error or a finding; page 0: not said.
std::string reason_of(const boost::json::object& trouble, std::uint64_t page);

// Of a done document, from its result record.
Verdict done_verdict(const ResultRow& row);

// Of a failed one, from its task.
Verdict failed_verdict(const TaskInfo& task);

}  // namespace docmill::cli
