#include "broker/audit.hpp"

#include <algorithm>
#include <array>

#include "broker/audit_case.hpp"

namespace docmill {
namespace {

using enum Violation;

constexpr std::array violations{
    ViolationInfo{job_lost, "job_lost", 1},
    ViolationInfo{seal_lost, "seal_lost", 1},
    ViolationInfo{documents_lost, "documents_lost", 1},
    ViolationInfo{names_changed, "names_changed", 1},
    ViolationInfo{done_went_back, "done_went_back", 1},
    ViolationInfo{result_lost, "result_lost", 1},
    ViolationInfo{committed_twice, "committed_twice", 2},
    ViolationInfo{listed_twice, "listed_twice", 2},
    ViolationInfo{result_of_nobody, "result_of_nobody", 2},
    ViolationInfo{result_changed, "result_changed", 2},
    ViolationInfo{token_given_twice, "token_given_twice", 2},
    ViolationInfo{token_of_nobody, "token_of_nobody", 2},
    ViolationInfo{stale_accepted, "stale_accepted", 2},
    ViolationInfo{leased_when_done, "leased_when_done", 2},
    ViolationInfo{books_do_not_balance, "books_do_not_balance", 3},
    ViolationInfo{pages_do_not_balance, "pages_do_not_balance", 3},
    ViolationInfo{too_many_attempts, "too_many_attempts", 4},
    ViolationInfo{too_many_deliveries, "too_many_deliveries", 4},
    ViolationInfo{leased_when_stopped, "leased_when_stopped", 6},
    ViolationInfo{accepted_when_cancelled, "accepted_when_cancelled", 6},
    ViolationInfo{submitted_twice, "submitted_twice", 9},
    ViolationInfo{answer_changed, "answer_changed", 9},
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < violations.size(); ++i) {
    if (static_cast<std::size_t>(violations[i].violation) != i) return false;
  }
  return violations.back().violation == answer_changed;
}
static_assert(in_order(), "one row for each violation, in the order of the enumeration");

std::string place_text(const HistoryPlace& place) { return place.file + ":" + std::to_string(place.line); }

// What could not be judged.
void add_remarks(audit_case::Case& the_case) {
  auto& remarks = the_case.report.remarks;
  for (const auto& job : the_case.jobs()) {
    const auto& counters = job.status.counters;
    if (!the_case.created(job.status.id)) {
      remarks.push_back("job " + job.status.id.value +
                        ": its creation stands in none of these histories, so its results were not compared");
    }
    const auto open = counters.waiting + counters.leased + counters.retrying;
    if (open > 0) {
      remarks.push_back("job " + job.status.id.value + " is " + std::string(to_string(job.status.state)) + ": " +
                        std::to_string(open) + " documents are not final, and nothing can be said of them yet");
    }
  }
  for (const auto& place : the_case.history().torn) {
    remarks.push_back(place_text(place) + ": not finished; its process died while it wrote");
  }
  const auto& calls = the_case.history().calls;
  if (std::ranges::any_of(calls, [&](const auto& call) { return !the_case.same_clock(call, calls.front()); })) {
    remarks.push_back(
        "the processes do not share one clock: what must hold at once after pause and cancel, and of superseded "
        "leases, was judged only among those that do");
  }
}

}  // namespace

const ViolationInfo& info_of(Violation violation) { return violations.at(static_cast<std::size_t>(violation)); }

AuditReport audit(const History& history, const std::vector<JobInTheEnd>& jobs) {
  audit_case::Case the_case(history, jobs);
  audit_case::check_submission(the_case);
  audit_case::check_repetition(the_case);
  audit_case::check_books(the_case);
  audit_case::check_results(the_case);
  audit_case::check_tasks(the_case);
  audit_case::check_stops(the_case);
  add_remarks(the_case);
  return std::move(the_case.report);
}

}  // namespace docmill
