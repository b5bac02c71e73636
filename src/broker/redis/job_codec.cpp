#include "broker/redis/job_codec.hpp"

#include <algorithm>

#include "broker/rules.hpp"
#include "core/needs.hpp"

namespace docmill::redis {
namespace {

void put(Writer& out, int value) { out.u32(static_cast<std::uint32_t>(value)); }
void put(Writer& out, Millis value) { out.u64(static_cast<std::uint64_t>(value.count())); }
int number(Reader& in) { return static_cast<int>(in.u32()); }
Millis time(Reader& in) { return Millis{static_cast<Millis::rep>(in.u64())}; }

}  // namespace

std::string pack_spec(const JobSpec& spec) {
  Writer out;
  out.text(spec.body_digest);  // first: the functions compare it
  out.text(spec.name);
  out.text(spec.pipeline);
  out.text(spec.options);
  out.text(spec.idempotency_key);
  out.u8(static_cast<std::uint64_t>(spec.priority));
  put(out, spec.retry.max_attempts);
  put(out, spec.retry.max_deliveries);
  put(out, spec.retry.backoff_base);
  put(out, spec.retry.backoff_cap);
  put(out, spec.result_ttl);
  out.text(join_words(spec.needs));
  return out.take();
}

JobSpec unpack_spec(std::string_view packed) {
  Reader in(packed);
  JobSpec spec;
  spec.body_digest = in.text();
  spec.name = in.text();
  spec.pipeline = in.text();
  spec.options = in.text();
  spec.idempotency_key = in.text();
  spec.priority = static_cast<Priority>(std::min<int>(in.u8(), static_cast<int>(Priority::critical)));
  spec.retry.max_attempts = number(in);
  spec.retry.max_deliveries = number(in);
  spec.retry.backoff_base = time(in);
  spec.retry.backoff_cap = time(in);
  spec.result_ttl = time(in);
  spec.needs = split_words(in.text());
  return spec;
}

JobStatus unpack_status(Reader& reader) {
  JobStatus status;
  status.id.value = reader.text();
  rules::JobFlags flags;
  flags.sealed = reader.u8() != 0;
  flags.paused = reader.u8() != 0;
  flags.cancelled = reader.u8() != 0;
  Counters& counters = status.counters;
  for (std::uint64_t* counter : {&counters.waiting, &counters.leased, &counters.retrying, &counters.done,
                                 &counters.failed, &counters.cancelled, &status.partial, &status.pages}) {
    *counter = reader.u64();
  }
  status.created_at = time(reader);
  status.finished_at = time(reader);
  status.version = reader.u64();
  status.spec = unpack_spec(reader.text());
  status.state = rules::job_state(flags, counters);
  return status;
}

std::string pack_node(const NodeInfo& node) {
  Writer out;
  out.text(node.host);
  put(out, node.pid);
  out.text(node.version);
  put(out, node.started_at);
  put(out, node.workers);
  put(out, node.busy);
  out.u64(node.tasks_done);
  for (const std::string& word : node.offers) out.text(word);  // unchecked, so any bytes
  return out.take();
}

void unpack_node(std::string_view packed, NodeInfo& node) {
  Reader in(packed);
  node.host = in.text();
  node.pid = number(in);
  node.version = in.text();
  node.started_at = time(in);
  node.workers = number(in);
  node.busy = number(in);
  node.tasks_done = in.u64();
  while (!in.at_end()) node.offers.emplace_back(in.text());
}

}  // namespace docmill::redis
