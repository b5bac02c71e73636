#include "node/forked_worker.hpp"

namespace docmill {

namespace asio = boost::asio;
using protocol::MessageType;

void ForkedProcess::forked(int pid, const std::string& message) {
  pid_ = pid;
  if (pid <= 0) refusal_ = message.empty() ? "the fork server could not fork a worker" : message;
  changed_.notify();
}

void ForkedProcess::ended(const WorkerGone& gone) {
  if (ended_) return;
  // Its last words may still be in the socket: the fork server's message came another way.
  if (!stream_ended_) absorb(socket_.receive_now());
  ended_ = true;
  stream_ended_ = true;
  WorkerGone last = gone;
  last.broken = broken_;
  events_.emplace_back(std::move(last));
  socket_.close();
  changed_.notify();
}

asio::awaitable<void> ForkedProcess::wait_for_start(std::chrono::milliseconds timeout) {
  while (pid_ <= 0 && refusal_.empty() && !ended_) {
    const bool notified = co_await changed_.wait(timeout);
    if (!notified) co_return;
  }
}

void ForkedProcess::send(const protocol::Task& task, std::vector<Descriptor> descriptors) {
  ++outstanding_;
  socket_.send(MessageType::task, protocol::encode(task), std::move(descriptors));
}

void ForkedProcess::send_artifact(Descriptor file) {
  std::vector<Descriptor> descriptors;
  if (file) descriptors.push_back(std::move(file));
  socket_.send(MessageType::artifact, "{}", std::move(descriptors));
}

void ForkedProcess::send_entry(EntryAnswer answer) {
  std::vector<Descriptor> descriptors;
  if (answer.file) descriptors.push_back(std::move(answer.file));
  socket_.send(MessageType::entry, protocol::encode(protocol::Entry{answer.found}), std::move(descriptors));
}

void ForkedProcess::kill() {
  if (killed_ || ended_) return;
  killed_ = true;
  order_kill_();
}

void ForkedProcess::let_go() {
  if (outstanding_ > 0) kill();
  stream_ended_ = true;
  socket_.close();
}

asio::awaitable<std::vector<WorkerEvent>> ForkedProcess::events() {
  while (events_.empty()) {
    if (stream_ended_) {
      co_await changed_.wait();
    } else {
      auto received = co_await socket_.receive();
      if (!stream_ended_) absorb(std::move(received));
    }
  }
  co_return std::exchange(events_, {});
}

void ForkedProcess::absorb(Received received) {
  for (const auto& frame : received.frames) {
    if (broken_.empty()) absorb(frame);
  }
  if (!received.broken.empty()) broke_protocol(received.broken);
  if (received.closed) stream_ended_ = true;
}

void ForkedProcess::absorb(const ReceivedFrame& frame) {
  const auto take = [this](auto message) {
    if (message) {
      events_.emplace_back(std::move(*message));
    } else {
      broke_protocol(message.error().message);
    }
  };
  switch (frame.type) {
    case MessageType::progress:
      return take(protocol::decode<protocol::Progress>(frame.body));
    case MessageType::want_artifact:
      return take(protocol::decode<protocol::WantArtifact>(frame.body));
    case MessageType::want_entry:
      return take(protocol::decode<protocol::WantEntry>(frame.body));
    case MessageType::keep_entry:
      return take(protocol::decode<protocol::KeepEntry>(frame.body));
    case MessageType::result:
      --outstanding_;
      return take(protocol::decode<protocol::TaskResult>(frame.body));
    default:
      broke_protocol("a message of type " + std::to_string(static_cast<int>(frame.type)));
  }
}

void ForkedProcess::broke_protocol(const std::string& how) {
  if (!broken_.empty()) return;
  broken_ = how;
  kill();
}

}  // namespace docmill
