#include "broker/recording_broker.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <boost/json.hpp>
#include <cerrno>
#include <fstream>
#include <system_error>

#include "broker/history_lines.hpp"
#include "docmill_version.hpp"
#include "runtime/random.hpp"

namespace docmill {

namespace json = boost::json;

namespace {

// CLOCK_MONOTONIC is one clock for all processes of a kernel since it booted, but for those in another time namespace.
std::string clock_name() {
  std::string boot;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> boot;
  struct stat space{};
  if (boot.empty() || ::stat("/proc/self/ns/time", &space) != 0) return boot.empty() ? random_name(16) : boot;
  return boot + "/" + std::to_string(space.st_ino);
}

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data()) : std::string();
}

template <class T>
json::object reply_line(const Result<T>& reply) {
  if (!reply) return history::line_of(reply.error());
  if constexpr (std::is_void_v<T>) {
    return {};
  } else {
    return history::line_of(*reply);
  }
}
json::object reply_line(const RenewReply& reply) { return history::line_of(reply); }

template <class T>
bool is_refused(const Result<T>& reply) {
  return !reply;
}
bool is_refused(const RenewReply& /*reply*/) { return false; }

}  // namespace

RecordingBroker::RecordingBroker(std::unique_ptr<Broker> inner, const Clock& clock, const std::filesystem::path& file)
    : inner_(std::move(inner)), clock_(clock), path_(file), process_(random_name(10)) {
  file_ = Descriptor(::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
  if (!file_) {
    throw SystemError(SystemError::Kind::misconfigured,
                      "cannot open the history " + file.string() + ": " + std::generic_category().message(errno));
  }
  write_opening();
}

void RecordingBroker::write_opening() {
  json::object opened{
      {"pid", ::getpid()}, {"host", host_name()}, {"clock", clock_name()}, {"version", DOCMILL_VERSION}};
  json::object line;
  line["opened"] = std::move(opened);
  if (!write_line(std::move(line))) {
    throw SystemError(SystemError::Kind::misconfigured, "cannot write the history " + path_.string());
  }
}

bool RecordingBroker::write_line(json::object line) {
  json::object whole{{"at", clock_.now().count()}, {"tick", clock_.monotonic().count()}, {"process", process_}};
  for (auto& member : line) whole.insert(member);
  std::string text = cut_short_ ? "\n" : "";
  text += json::serialize(whole);
  text += '\n';
  ssize_t written = 0;
  do {
    written = ::write(file_.get(), text.data(), text.size());
  } while (written < 0 && errno == EINTR);
  if (written > 0) cut_short_ = static_cast<std::size_t>(written) < text.size();
  return written == static_cast<ssize_t>(text.size());
}

std::uint64_t RecordingBroker::asked(Ask ask, json::object request) {
  json::object line{{"call", ++calls_}, {"ask", to_string(ask)}};
  for (auto& member : request) line.insert(member);
  if (!write_line(std::move(line))) {
    throw SystemError(SystemError::Kind::misconfigured, "cannot write the history " + path_.string() +
                                                            ": is the disk full? An incomplete one proves nothing, so "
                                                            "the queue is left alone");
  }
  return calls_;
}

void RecordingBroker::write_answer(std::uint64_t call, std::string_view answer, json::object reply) {
  json::object line{{"call", call}, {"answer", answer}};
  for (auto& member : reply) line.insert(member);
  static_cast<void>(write_line(std::move(line)));  // not written: as good as lost
}

template <class T>
awaitable<T> RecordingBroker::answered(std::uint64_t call, awaitable<T> answer) {
  try {
    T reply = co_await std::move(answer);
    write_answer(call, is_refused(reply) ? "refused" : "yes", reply_line(reply));
    co_return reply;
  } catch (const std::exception& error) {
    write_answer(call, "lost", json::object{{"message", error.what()}});
    throw;
  }
}

awaitable<Result<CreatedJob>> RecordingBroker::create(CreateJob request) {
  const auto call = asked(Ask::create, history::line_of(request));
  return answered(call, inner_->create(std::move(request)));
}

awaitable<Status> RecordingBroker::add_documents(AddDocuments request) {
  const auto call = asked(Ask::add_documents, history::line_of(request));
  return answered(call, inner_->add_documents(std::move(request)));
}

awaitable<Status> RecordingBroker::seal(JobId job) {
  const auto call = asked(Ask::seal, history::line_of(job));
  return answered(call, inner_->seal(std::move(job)));
}

awaitable<Result<ExchangeReply>> RecordingBroker::exchange(Exchange request) {
  const auto call = asked(Ask::exchange, history::line_of(request));
  return answered(call, inner_->exchange(std::move(request)));
}

awaitable<RenewReply> RecordingBroker::renew(Renew request) {
  const auto call = asked(Ask::renew, history::line_of(request));
  return answered(call, inner_->renew(std::move(request)));
}

awaitable<Result<JobStatus>> RecordingBroker::status(JobId job) {
  const auto call = asked(Ask::status, history::line_of(job));
  return answered(call, inner_->status(std::move(job)));
}

awaitable<Result<JobStatus>> RecordingBroker::watch(JobId job, std::uint64_t version, Millis timeout) {
  const auto call = asked(Ask::status, history::line_of(job));
  return answered(call, inner_->watch(std::move(job), version, timeout));
}

awaitable<Status> RecordingBroker::cancel(JobId job) {
  const auto call = asked(Ask::cancel, history::line_of(job));
  return answered(call, inner_->cancel(std::move(job)));
}

awaitable<Status> RecordingBroker::pause(JobId job) {
  const auto call = asked(Ask::pause, history::line_of(job));
  return answered(call, inner_->pause(std::move(job)));
}

awaitable<Status> RecordingBroker::resume(JobId job) {
  const auto call = asked(Ask::resume, history::line_of(job));
  return answered(call, inner_->resume(std::move(job)));
}

awaitable<Result<std::uint64_t>> RecordingBroker::retry_failed(RequestId id, JobId job, int limit) {
  const auto call = asked(Ask::retry_failed, history::line_of(id, job));
  return answered(call, inner_->retry_failed(std::move(id), std::move(job), limit));
}

awaitable<Result<bool>> RecordingBroker::remove(JobId job) {
  const auto call = asked(Ask::remove, history::line_of(job));
  return answered(call, inner_->remove(std::move(job)));
}

awaitable<void> RecordingBroker::register_node(NodeInfo node) { return inner_->register_node(std::move(node)); }

awaitable<void> RecordingBroker::unregister_node(NodeId node) { return inner_->unregister_node(std::move(node)); }

awaitable<std::vector<NodeInfo>> RecordingBroker::nodes() { return inner_->nodes(); }

awaitable<JobPage> RecordingBroker::jobs(std::string after, int limit) { return inner_->jobs(std::move(after), limit); }

awaitable<Result<TaskPage>> RecordingBroker::tasks(JobId job, std::optional<TaskState> state, std::uint64_t first,
                                                   int limit) {
  return inner_->tasks(std::move(job), state, first, limit);
}

awaitable<Result<ResultPage>> RecordingBroker::results(JobId job, std::uint64_t cursor, int limit) {
  return inner_->results(std::move(job), cursor, limit);
}

awaitable<BrokerStats> RecordingBroker::stats() { return inner_->stats(); }

awaitable<void> RecordingBroker::wait_for_work(Millis timeout) { return inner_->wait_for_work(timeout); }

}  // namespace docmill
