// S3ArtifactStore: outputs by job in a bucket, for machines that share no file system.
//
//   PREFIX/<job>/<index>/txt, pdf, …, json (the record), parts/<n>/tree      as in JobArtifactStore
//
// Artifacts are written to local files and sent when they are published, the record last. Transfers run on a few
// threads; the event loop never waits for the network.
#pragma once

#include "node/artifact_store.hpp"
#include "node/scratch_directory.hpp"
#include "node/staging.hpp"
#include "runtime/blocking_pool.hpp"
#include "transfer/s3.hpp"

namespace docmill {

struct S3StoreOptions {
  S3Place place;                  // bucket, and what stands before every key
  std::filesystem::path scratch;  // for local files, shared by the processes of this machine
};

class S3ArtifactStore final : public ArtifactStore {
 public:
  // `s3` is shared with the transfers, which may end after the store. The pool outlives it. SystemError
  // (misconfigured): the scratch directory cannot be written.
  S3ArtifactStore(BlockingPool& pool, std::shared_ptr<S3> s3, S3StoreOptions options);

  Status check(const ArtifactOwner& /*owner*/) override { return {}; }
  Result<Descriptor> create(const ArtifactOwner& owner, std::string_view name) override;
  boost::asio::awaitable<Status> publish(ArtifactOwner owner, std::vector<std::string> names,
                                         std::string record) override;
  void discard(const ArtifactOwner& owner) override { staging_.discard(owner); }
  boost::asio::awaitable<Result<Descriptor>> open(ArtifactOwner owner, std::string name) override;
  boost::asio::awaitable<void> remove_parts(ArtifactOwner owner) override;
  boost::asio::awaitable<Status> remove_job(JobId job) override;

 private:
  std::string prefix_of(const JobId& job) const;
  std::string prefix_of(const ArtifactOwner& owner) const;
  boost::asio::awaitable<Status> remove_all(std::string prefix);

  BlockingPool& pool_;
  const std::shared_ptr<S3> s3_;
  const S3StoreOptions options_;
  const ScratchDirectory scratch_;
  Staging staging_;
};

}  // namespace docmill
