// An artifact store whose coroutines are run to their end, for tests that tell a story step by step.
#pragma once

#include "node/artifact_store.hpp"
#include "tests/support/run_coroutine.hpp"

namespace docmill::test {

class SyncStore {
 public:
  SyncStore(boost::asio::io_context& loop, ArtifactStore& store) : loop_(loop), store_(store) {}

  Status check(const ArtifactOwner& owner) { return store_.check(owner); }
  Result<Descriptor> create(const ArtifactOwner& owner, std::string_view name) { return store_.create(owner, name); }
  Status publish(const ArtifactOwner& owner, const std::vector<std::string>& names, const std::string& record) {
    return run(loop_, store_.publish(owner, names, record));
  }
  void discard(const ArtifactOwner& owner) { store_.discard(owner); }
  Result<Descriptor> open(const ArtifactOwner& owner, const std::string& name) {
    return run(loop_, store_.open(owner, name));
  }
  void remove_parts(const ArtifactOwner& owner) { run(loop_, store_.remove_parts(owner)); }
  Status remove_job(const JobId& job) { return run(loop_, store_.remove_job(job)); }

 private:
  boost::asio::io_context& loop_;
  ArtifactStore& store_;
};

}  // namespace docmill::test
