#include "broker/history_lines.hpp"

#include <boost/json.hpp>

#include "broker/history.hpp"

namespace docmill::history {

namespace json = boost::json;

namespace {

void add_ref(json::object& object, TaskRef ref) {
  object["index"] = ref.index;
  if (ref.part != 0) object["part"] = ref.part;
}

void add_id(json::object& line, const RequestId& id) {
  if (id.client.empty()) return;
  line["client"] = id.client;
  line["sequence"] = id.sequence;
}

json::object object_of(const Completion& completion) {
  json::object object{{"token", completion.token.value}};
  add_ref(object, completion.ref);
  object["kind"] = to_string(completion.kind);
  switch (completion.kind) {
    case Completion::Kind::done:
      object["outcome"] = to_string(completion.outcome);
      object["digest"] = digest_of(completion.result);
      object["pages"] = completion.pages;
      break;
    case Completion::Kind::failed:
      object["error"] = to_string(completion.error.code);
      object["retryable"] = completion.retryable;
      break;
    case Completion::Kind::split:
      object["parts"] = completion.parts.size();
      break;
    case Completion::Kind::released:
      break;
  }
  return object;
}

json::object object_of(const Lease& lease) {
  json::array tasks;
  for (const auto& task : lease.tasks) {
    json::object object;
    add_ref(object, task.ref);
    object["kind"] = to_string(task.kind);
    object["attempt"] = task.attempt;
    object["deliveries"] = task.deliveries;
    tasks.push_back(std::move(object));
  }
  return {{"token", lease.token.value},
          {"job", lease.job.value},
          {"expires_at", lease.expires_at.count()},
          {"tasks", std::move(tasks)}};
}

json::array array_of(const std::vector<Token>& tokens) {
  json::array array;
  for (const Token token : tokens) array.emplace_back(token.value);
  return array;
}

}  // namespace

std::string_view to_string(Completion::Kind kind) {
  switch (kind) {
    case Completion::Kind::done:
      return "done";
    case Completion::Kind::failed:
      return "failed";
    case Completion::Kind::split:
      return "split";
    case Completion::Kind::released:
      break;
  }
  return "released";
}

std::string_view to_string(TaskKind kind) {
  switch (kind) {
    case TaskKind::document:
      return "document";
    case TaskKind::part:
      return "part";
    case TaskKind::merge:
      break;
  }
  return "merge";
}

json::object line_of(const CreateJob& request) {
  json::object line;
  add_id(line, request.id);
  const auto& spec = request.spec;
  line["pipeline"] = spec.pipeline;
  if (!spec.idempotency_key.empty()) {
    line["key"] = digest_of(spec.idempotency_key);  // keys may hold what is nobody's business
    line["body"] = spec.body_digest;
  }
  line["max_attempts"] = spec.retry.max_attempts;
  line["max_deliveries"] = spec.retry.max_deliveries;
  if (spec.result_ttl.count() > 0) line["result_ttl"] = spec.result_ttl.count();
  return line;
}

json::object line_of(const AddDocuments& request) {
  return {{"job", request.job.value},
          {"first", request.first},
          {"number", request.names.size()},
          {"names", digest_of(std::span<const std::string>(request.names))}};
}

json::object line_of(const Exchange& request) {
  json::object line;
  add_id(line, request.id);
  line["node"] = request.node.value;
  line["want"] = request.want;
  line["lease_time"] = request.lease_time.count();
  json::array completions;
  for (const auto& completion : request.completions) completions.push_back(object_of(completion));
  if (!completions.empty()) line["completions"] = std::move(completions);
  return line;
}

json::object line_of(const Renew& request) {
  return {{"node", request.node.value}, {"tokens", array_of(request.tokens)}};
}

json::object line_of(const JobId& job) { return {{"job", job.value}}; }

json::object line_of(const RequestId& id, const JobId& job) {
  json::object line = line_of(job);
  add_id(line, id);
  return line;
}

json::object line_of(const CreatedJob& reply) {
  return {{"job", reply.job.value}, {"existed", reply.existed}, {"documents", reply.documents}};
}

json::object line_of(const ExchangeReply& reply) {
  json::object line;
  if (!reply.stale.empty()) line["stale"] = json::array(reply.stale.begin(), reply.stale.end());
  json::array leases;
  for (const auto& lease : reply.leases) leases.push_back(object_of(lease));
  if (!leases.empty()) line["leases"] = std::move(leases);
  return line;
}

json::object line_of(const RenewReply& reply) {
  json::object line;
  if (!reply.lost.empty()) line["lost"] = array_of(reply.lost);
  if (!reply.paused.empty()) line["paused"] = array_of(reply.paused);
  return line;
}

json::object line_of(const JobStatus& reply) {
  const auto& counters = reply.counters;
  return {{"state", docmill::to_string(reply.state)},
          {"waiting", counters.waiting},
          {"leased", counters.leased},
          {"retrying", counters.retrying},
          {"done", counters.done},
          {"failed", counters.failed},
          {"cancelled", counters.cancelled}};
}

json::object line_of(std::uint64_t number) { return {{"number", number}}; }

json::object line_of(bool nothing_left) { return {{"nothing_left", nothing_left}}; }

json::object line_of(const Error& error) {
  return {{"error", docmill::to_string(error.code)}, {"message", error.message}};
}

}  // namespace docmill::history
