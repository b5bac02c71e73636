#include "node/node.hpp"

#include "node/fork_server_pool.hpp"
#include "node/node_core.hpp"

namespace docmill {

class Node::Impl {
 public:
  Impl(boost::asio::io_context& loop, Broker& broker, ArtifactStore& artifacts, const Clock& clock, NodeOptions options,
       NodeObserver* observer)
      : pool_(loop.get_executor(), clock, options.worker_executable),
        core_(loop.get_executor(), broker, artifacts, pool_, clock, std::move(options), observer) {}

  NodeCore& core() { return core_; }
  const NodeCore& core() const { return core_; }

 private:
  ForkServerPool pool_;
  NodeCore core_;
};

Node::Node(boost::asio::io_context& loop, Broker& broker, ArtifactStore& artifacts, const Clock& clock,
           NodeOptions options, NodeObserver* observer)
    : impl_(std::make_unique<Impl>(loop, broker, artifacts, clock, std::move(options), observer)) {}
Node::~Node() = default;

awaitable<void> Node::run() { return impl_->core().run(); }
void Node::drain() { impl_->core().drain(); }
void Node::stop() { impl_->core().stop(); }
NodeId Node::id() const { return impl_->core().id(); }
NodeStatus Node::status() const { return impl_->core().status(); }

}  // namespace docmill
