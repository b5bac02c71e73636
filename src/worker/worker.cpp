#include "worker/worker.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <ctime>
#include <deque>
#include <map>
#include <new>

#include "worker/channel.hpp"
#include "worker/entry_file.hpp"
#include "worker/memory.hpp"
#include "worker/run_task.hpp"

namespace docmill {
namespace {

using protocol::MessageType;

double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// The node has closed the socket while a task asked it for something: nobody waits for an answer any more.
struct NodeGone {};

// Frames from the node. Tasks may be sent ahead, so they can come where the answer to a question is awaited.
class Inbox {
 public:
  explicit Inbox(Channel& channel) : channel_(channel) {}

  std::optional<Frame> next_task() {
    if (tasks_.empty()) {
      auto frame = channel_.receive();
      if (frame && frame->type != MessageType::task) throw ChannelError("an answer came that nobody asked for");
      return frame;
    }
    std::optional<Frame> frame = std::move(tasks_.front());
    tasks_.pop_front();
    return frame;
  }

  // The answer to a question that was sent: of this type.
  Frame answer(MessageType type) {
    while (auto frame = channel_.receive()) {
      if (frame->type == type) return std::move(*frame);
      if (frame->type != MessageType::task) throw ChannelError("an unexpected message came instead of an answer");
      tasks_.push_back(std::move(*frame));
    }
    throw NodeGone();
  }

 private:
  Channel& channel_;
  std::deque<Frame> tasks_;
};

class NodeContext final : public TaskContext {
 public:
  NodeContext(std::uint64_t id, Channel& channel, Inbox& inbox) : id_(id), channel_(channel), inbox_(inbox) {}

  Result<int> artifact(std::string_view name) override { return open(name, artifacts_); }

  // What the node is not told of in the result it drops.
  Result<int> scratch(std::string_view name) override { return open("scratch." + std::string(name), scratch_); }

  void progress(int pages, int finished, int page, double megapixels) override {
    const protocol::Progress message{id_, pages, finished, page, megapixels};
    channel_.send(MessageType::progress, protocol::encode(message));
  }

  std::optional<std::string> recall(const std::string& key) override {
    auto kept = ask_for_entry(key, false);
    if (kept.found) {
      if (auto content = read_entry(kept.file.get())) return content;
      kept = ask_for_entry(key, true);
    }
    draft_ = std::move(kept.file);
    draft_key_ = key;
    return std::nullopt;
  }

  void remember(const std::string& key, std::string_view content) override {
    if (!draft_ || draft_key_ != key) return;
    const bool is_whole = write_entry(draft_.get(), content);
    draft_.reset();
    if (is_whole) channel_.queue(MessageType::keep_entry, protocol::encode(protocol::KeepEntry{id_, key}));
  }

  // Closes the artifacts and names them. A file system may report only now that it could not store what was written.
  Result<std::vector<std::string>> close_artifacts() {
    std::vector<std::string> names;
    for (auto& [name, file] : artifacts_) {
      if (::close(file.release()) != 0 && errno != EINTR) {
        return fail(ErrorCode::output_unavailable, "the output '" + name + "' could not be written to its end");
      }
      names.push_back(name);
    }
    return names;
  }

 private:
  using Files = std::map<std::string, Descriptor>;
  struct Kept {
    bool found = false;
    Descriptor file;
  };

  Result<int> open(std::string_view name, Files& files) {
    const std::string key(name);
    if (const auto known = files.find(key); known != files.end()) return known->second.get();
    if (!protocol::is_valid_artifact_name(name)) {
      return fail(ErrorCode::internal, "'" + key + "' is no name for an artifact");
    }
    const protocol::WantArtifact question{id_, key};
    channel_.send(MessageType::want_artifact, protocol::encode(question));
    Frame answer = inbox_.answer(MessageType::artifact);
    if (answer.descriptors.empty()) {
      return fail(ErrorCode::output_unavailable, "the output '" + key + "' could not be created");
    }
    const int file = answer.descriptors.front().get();
    files.emplace(key, std::move(answer.descriptors.front()));
    return file;
  }

  Kept ask_for_entry(const std::string& key, bool damaged) {
    channel_.send(MessageType::want_entry, protocol::encode(protocol::WantEntry{id_, key, damaged}));
    Frame answer = inbox_.answer(MessageType::entry);
    const auto entry = protocol::decode<protocol::Entry>(answer.body);
    if (!entry) throw ChannelError(entry.error().message);
    Kept kept;
    if (answer.descriptors.empty()) return kept;
    kept.found = entry->found && !damaged;
    kept.file = std::move(answer.descriptors.front());
    return kept;
  }

  std::uint64_t id_;
  Channel& channel_;
  Inbox& inbox_;
  Files artifacts_;
  Files scratch_;
  Descriptor draft_;  // of the entry for draft_key_; not open: none is to be made
  std::string draft_key_;
};

class Worker {
 public:
  Worker(Descriptor socket, std::uint64_t memory_limit)
      : memory_limit_(memory_limit), channel_(std::move(socket)), inbox_(channel_), runner_(channel_.socket()) {}

  int run() {
    while (auto frame = inbox_.next_task()) {
      auto task = protocol::decode<protocol::Task>(frame->body);
      if (!task) throw ChannelError(task.error().message);
      if (frame->descriptors.size() != descriptors_of(*task)) throw ChannelError("a task came without its descriptors");
      const auto error = perform(*task, frame->descriptors);
      if (error == ErrorCode::out_of_memory) {
        channel_.flush();
        return protocol::exit_out_of_memory;  // what is left of the heap may be in any state: the next task gets a
                                              // fresh one
      }
    }
    return 0;
  }

 private:
  // Runs the task and queues its result.
  std::optional<ErrorCode> perform(const protocol::Task& task, std::span<const Descriptor> descriptors) {
    NodeContext context(task.id, channel_, inbox_);
    if (!runner_.is_instant(task)) context.progress(0, 0, 0, 0);
    const double before = cpu_seconds();
    errno = 0;  // what last_words finds there is this task's
    auto result = attempt(task, descriptors, context);
    result.id = task.id;
    result.cpu_seconds = cpu_seconds() - before;
    result.peak_memory = memory_.peak();
    std::string body = protocol::encode(result);
    if (body.size() > protocol::max_body) {
      result.record = "{}";
      reject(result, fail(ErrorCode::too_large, "the record of this document is " + std::to_string(body.size() >> 20U) +
                                                    " MiB: over what a worker may send"));
      body = protocol::encode(result);
    }
    channel_.queue(MessageType::result, body);
    return result.error ? std::optional(result.error->code) : std::nullopt;
  }

  protocol::TaskResult attempt(const protocol::Task& task, std::span<const Descriptor> descriptors,
                               NodeContext& context) {
    protocol::TaskResult result;
    auto output = run_guarded(task, descriptors, context);
    if (!output) {
      reject(result, std::move(output).error());
      return result;
    }
    auto artifacts = context.close_artifacts();
    if (!artifacts) {
      reject(result, std::move(artifacts).error());
      return result;
    }
    result.split = std::move(output->split);
    result.outcome = output->outcome;
    result.pages = output->pages;
    result.record = std::move(output->record);
    result.artifacts = std::move(*artifacts);
    return result;
  }

  Result<TaskOutput> run_guarded(const protocol::Task& task, std::span<const Descriptor> descriptors,
                                 NodeContext& context) {
    try {
      auto output = runner_.run(task, descriptors, context);
      if (!output) return explained(std::move(output).error());
      return output;
    } catch (const std::bad_alloc&) {
      return fail(ErrorCode::out_of_memory, too_much_memory());
    } catch (const ChannelError&) {
      throw;
    } catch (const std::exception& problem) {
      return fail(ErrorCode::internal, std::string("unexpected failure: ") + problem.what());
    }
  }

  // Libraries that are told of a failed allocation call the document damaged; what malloc left in errno says otherwise.
  Error explained(Error error) const {
    const bool blames_document = error.code == ErrorCode::unreadable || error.code == ErrorCode::internal;
    if (memory_limit_ == 0 || errno != ENOMEM || !blames_document) return error;
    return fail(ErrorCode::out_of_memory, too_much_memory() + " (" + error.message + ")", error.page);
  }

  std::string too_much_memory() const {
    if (memory_limit_ == 0) return "the document needs more memory than there is";
    return "the document needs more memory than the " + std::to_string(memory_limit_ >> 20U) + " MiB allowed";
  }

  static void reject(protocol::TaskResult& result, Error error) {
    result.retryable = is_retryable(error.code);
    result.error = std::move(error);
  }

  std::uint64_t memory_limit_;
  PrivateMemory memory_;
  Channel channel_;
  Inbox inbox_;
  TaskRunner runner_;
};

}  // namespace

int run_worker(Descriptor socket, std::uint64_t memory_limit) {
  try {
    Worker worker(std::move(socket), memory_limit);
    return worker.run();
  } catch (const NodeGone&) {
    return 0;
  } catch (const std::bad_alloc&) {
    return protocol::exit_out_of_memory;
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "docmill-worker: %s\n", problem.what());
    return 1;
  }
}

}  // namespace docmill
