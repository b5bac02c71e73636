#include "tests/model/text.hpp"

#include <algorithm>
#include <cctype>
#include <functional>
#include <map>
#include <sstream>

#include "core/needs.hpp"

namespace docmill::test {

std::string text(const std::string& bytes) {
  const bool plain = bytes.size() <= 60 && std::ranges::all_of(bytes, [](unsigned char c) { return std::isprint(c); });
  if (plain) return "'" + bytes + "'";
  return "<" + std::to_string(bytes.size()) + " bytes, hash " + std::to_string(std::hash<std::string>()(bytes)) + ">";
}

std::string text(const Error& error) {
  return std::string(to_string(error.code)) + " " + text(error.message) + " p" + std::to_string(error.page);
}

std::string text(const JobSpec& spec) {
  std::ostringstream out;
  out << text(spec.name) << ' ' << spec.pipeline << ' ' << text(spec.options) << ' ' << to_string(spec.priority)
      << " attempts " << spec.retry.max_attempts << " deliveries " << spec.retry.max_deliveries << " backoff "
      << spec.retry.backoff_base.count() << ".." << spec.retry.backoff_cap.count() << " key "
      << text(spec.idempotency_key) << text(spec.body_digest) << " needs " << join_words(spec.needs) << " ttl "
      << spec.result_ttl.count();
  return out.str();
}

std::string text(const Counters& counters) {
  std::ostringstream out;
  out << "waiting " << counters.waiting << " leased " << counters.leased << " retrying " << counters.retrying
      << " done " << counters.done << " failed " << counters.failed << " cancelled " << counters.cancelled;
  return out.str();
}

std::string text(const JobStatus& status) {
  std::ostringstream out;
  out << "job " << status.id.value << ' ' << to_string(status.state) << ": " << text(status.counters) << " partial "
      << status.partial << " pages " << status.pages << " created " << status.created_at.count() << " finished "
      << status.finished_at.count() << " spec " << text(status.spec);
  return out.str();
}

std::string text(const TaskInfo& info) {
  std::ostringstream out;
  out << info.index << ' ' << text(info.document) << ' ' << to_string(info.state) << " attempts " << info.attempts
      << " deliveries " << info.deliveries << " parts " << info.parts_final << '/' << info.parts << ' '
      << text(info.error);
  return out.str();
}

std::string text(const ResultRow& row) {
  return std::to_string(row.index) + " " + std::string(to_string(row.outcome)) + " " + text(row.result);
}

std::string text(const LeasedTask& task) {
  static const std::map<TaskKind, std::string> kinds{
      {TaskKind::document, "document"}, {TaskKind::part, "part"}, {TaskKind::merge, "merge"}};
  std::ostringstream out;
  out << kinds.at(task.kind) << ' ' << task.ref.index << '.' << task.ref.part << ' ' << text(task.document) << " pages "
      << task.pages.first << '-' << task.pages.last << " attempt " << task.attempt << " deliveries " << task.deliveries
      << " of " << task.part_count;
  for (const PageRange& range : task.part_ranges) out << " range " << range.first << '-' << range.last;
  for (const std::string& result : task.part_results) out << " result " << text(result);
  for (const Error& error : task.part_errors) out << " error " << text(error);
  return out.str();
}

std::string text(const Lease& lease) {
  std::ostringstream out;
  out << "lease of " << lease.job.value << " until " << lease.expires_at.count() << " spec " << text(*lease.spec);
  for (const LeasedTask& task : lease.tasks) out << "\n    " << text(task);
  return out.str();
}

std::string text(const std::vector<NodeInfo>& nodes) {
  std::map<NodeId, std::string> lines;
  for (const NodeInfo& node : nodes) {
    std::ostringstream out;
    out << node.id.value << ' ' << node.host << ' ' << node.pid << ' ' << node.version << ' ' << node.started_at.count()
        << ' ' << node.seen_at.count() << ' ' << node.workers << ' ' << node.busy << ' ' << node.tasks_done << ' '
        << join_words(node.offers) << '\n';
    lines[node.id] += out.str();
  }
  std::string all;
  for (const auto& [id, line] : lines) all += line;
  return all;
}

std::string text(const BrokerStats& stats) {
  return "jobs " + std::to_string(stats.jobs) + " leases " + std::to_string(stats.leases) + " " + text(stats.documents);
}

std::string text(const CreatedJob& created) {
  return "created " + created.job.value + (created.existed ? " existed" : "") + (created.sealed ? " sealed" : "") +
         " documents " + std::to_string(created.documents);
}

}  // namespace docmill::test
