// What summaries of a job's records have in common.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "broker/broker.hpp"
#include "cli/verdicts.hpp"

namespace docmill::cli {

using Counts = std::map<std::string, std::uint64_t>;

boost::json::object counts_json(const Counts& counts);

// Documents with what is to be said of each: all are counted, the first are named.
class NamedDocuments {
 public:
  void add(const std::string& document, std::string reason);

  std::uint64_t count() const { return count_; }
  boost::json::array json() const;  // {"document": …, "reason": …} of the first
  std::string text() const;         // lines for people: those, and how many more there are

 private:
  struct Named {
    std::string document;
    std::string reason;
  };
  static constexpr std::size_t most_named = 20;

  std::uint64_t count_ = 0;
  std::vector<Named> first_;
};

using VisitDone = std::function<void(const Verdict&)>;

// Calls `visit` for each document of the job that is done, in the order in which they were. `visit` outlives the call.
awaitable<void> visit_done(Broker& broker, JobId job, const VisitDone& visit);

// A Summary takes documents by add(document, record).
template <class Summary>
awaitable<Summary> summarise(Broker& broker, JobId job) {
  Summary summary;
  const VisitDone add = [&](const Verdict& verdict) { summary.add(verdict.document, verdict.record); };
  co_await visit_done(broker, job, add);
  co_return summary;
}

// Whether documents go through this stage.
bool has_stage(std::string_view pipeline, std::string_view stage);

}  // namespace docmill::cli
