// One process that a fork server has forked, as the node sees it: its socket, what it said, how it ended.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <optional>

#include "node/worker_pool.hpp"
#include "runtime/event.hpp"
#include "runtime/frame_socket.hpp"

namespace docmill {

// Shared by the pool, until the process has ended, and the Worker that the node holds, until it is let go.
class ForkedProcess {
 public:
  // `order_kill` asks the fork server to kill the process; must not be called any more after ended().
  ForkedProcess(const boost::asio::any_io_executor& loop, Descriptor socket, std::function<void()> order_kill)
      : socket_(loop, std::move(socket)), changed_(loop), order_kill_(std::move(order_kill)) {}

  // -- The fork server's word.
  void forked(int pid, const std::string& message);
  void ended(const WorkerGone& gone);

  // Waits until forked() or ended(), or `timeout` (then: started() is false).
  boost::asio::awaitable<void> wait_for_start(std::chrono::milliseconds timeout);
  bool started() const { return pid_ > 0; }
  bool has_ended() const { return ended_; }
  const std::string& refusal() const { return refusal_; }  // why it could not be forked; else empty

  // -- The Worker.
  void send(const protocol::Task& task, std::vector<Descriptor> descriptors);
  void send_artifact(Descriptor file);
  void send_entry(EntryAnswer answer);
  void kill();
  void let_go();
  int pid() const { return pid_; }
  boost::asio::awaitable<std::vector<WorkerEvent>> events();

  // Without a socket (let go, or closed by itself) or killed, a process has to end soon.
  bool should_end() const { return killed_ || stream_ended_; }

 private:
  void absorb(Received received);
  void absorb(const ReceivedFrame& frame);
  void broke_protocol(const std::string& how);

  FrameSocket socket_;
  Event changed_;
  std::function<void()> order_kill_;
  int pid_ = 0;
  std::string refusal_;
  std::string broken_;
  bool stream_ended_ = false;
  bool killed_ = false;
  bool ended_ = false;
  int outstanding_ = 0;  // tasks without a result
  std::vector<WorkerEvent> events_;
};

}  // namespace docmill
