#include "broker/redis/exchange_reply.hpp"

#include <algorithm>

#include "broker/redis/completions.hpp"
#include "broker/redis/job_codec.hpp"
#include "broker/redis/names.hpp"

namespace docmill::redis {
namespace {

constexpr std::size_t most_specs = 16;

// library/5_turns.lua
enum class LeaseKind : std::uint8_t { run, document, part, merge };

void read_run(Reader& reader, Lease& lease) {
  const auto deliveries = static_cast<int>(reader.u32());
  for (std::uint32_t ranges = reader.u32(); ranges > 0; --ranges) {
    const std::uint64_t first = reader.u32();
    const std::uint64_t count = reader.u32();
    lease.tasks.reserve(lease.tasks.size() + count);
    for (std::uint64_t i = 0; i < count; ++i) {
      LeasedTask& task = lease.tasks.emplace_back();
      task.ref.index = first + i;
      task.deliveries = deliveries;
    }
  }
}

void read_single(Reader& reader, LeaseKind kind, Lease& lease) {
  LeasedTask& task = lease.tasks.emplace_back();
  const auto number = [&] { return static_cast<int>(reader.u32()); };
  const auto range = [&] {
    const int first = number();
    return PageRange{.first = first, .last = number()};
  };
  task.ref.index = reader.u32();
  task.ref.part = number();
  task.attempt = number();
  task.deliveries = number();
  task.pages = range();
  task.part_count = number();
  if (kind == LeaseKind::part) task.kind = TaskKind::part;
  if (kind != LeaseKind::merge) return;
  task.kind = TaskKind::merge;
  for (int part = 0; part < task.part_count; ++part) {
    task.part_ranges.push_back(range());
    const bool failed = reader.u8() != 0;
    const std::string_view content = reader.text();
    task.part_results.emplace_back(failed ? std::string_view() : content);
    task.part_errors.push_back(failed ? unpack_error(content) : Error());
  }
}

// Returns the number of its job.
std::uint64_t read_lease(Reader& reader, Lease& lease) {
  lease.token.value = reader.u64();
  const std::uint64_t number = reader.u64();
  lease.expires_at = TimePoint{static_cast<TimePoint::rep>(reader.u64())};
  lease.job.value = reader.text();
  const auto kind = static_cast<LeaseKind>(reader.u8());
  if (kind == LeaseKind::run) {
    read_run(reader, lease);
  } else {
    read_single(reader, kind, lease);
  }
  return number;
}

}  // namespace

std::shared_ptr<const JobSpec> KnownSpecs::find(const JobId& job) const {
  const auto found = std::ranges::find(specs_, job, [](const auto& entry) { return entry.first; });
  return found == specs_.end() ? nullptr : found->second;
}

std::shared_ptr<const KnownSpecs> KnownSpecs::with(JobId job, std::shared_ptr<const JobSpec> spec) const {
  const auto more = std::make_shared<KnownSpecs>();
  for (const auto& entry : specs_) {
    const bool keeps = entry.first != job && (specs_.size() < most_specs || &entry != &specs_.front());
    if (keeps) more->specs_.push_back(entry);
  }
  more->specs_.emplace_back(std::move(job), std::move(spec));
  more->ids_ = '\0';
  for (const auto& [id, unused] : more->specs_) more->ids_ += id.value + '\0';
  return more;
}

ExchangeReply unpack_exchange(Reader reader, const std::vector<std::string_view>& name_chunks, const KnownSpecs& known,
                              std::shared_ptr<const KnownSpecs>& learned) {
  ExchangeReply reply;
  reply.more = reader.u8() != 0;
  for (std::uint32_t ranges = reader.u32(); ranges > 0; --ranges) {
    const std::size_t first = reader.u32();
    const std::size_t count = reader.u32();
    for (std::size_t i = 0; i < count; ++i) reply.stale.push_back(first + i);
  }
  std::vector<std::uint64_t> numbers;
  for (std::uint32_t leases = reader.u32(); leases > 0; --leases) {
    numbers.push_back(read_lease(reader, reply.leases.emplace_back()));
  }
  for (std::uint32_t specs = reader.u32(); specs > 0; --specs) {
    JobId job{std::string(reader.text())};
    auto spec = std::make_shared<const JobSpec>(unpack_spec(reader.text()));
    for (Lease& lease : reply.leases) {
      if (lease.job == job) lease.spec = spec;
    }
    learned = learned->with(std::move(job), std::move(spec));
  }
  const NameChunks names(reader, name_chunks);
  for (std::size_t i = 0; i < reply.leases.size(); ++i) {
    Lease& lease = reply.leases[i];
    if (!lease.spec) lease.spec = known.find(lease.job);
    for (LeasedTask& task : lease.tasks) task.document = names.name(numbers[i], task.ref.index);
  }
  return reply;
}

}  // namespace docmill::redis
