// JobArtifactStore: outputs by job, in a directory that all nodes see: of jobs that were submitted.
//
//   ROOT/<job>/<index>/txt, pdf, …, json (the record)      artifacts of a document
//   ROOT/<job>/<index>/parts/<n>/tree                      of a part, until the merge: any node can read it
//   ROOT/tmp/                                              what is being written, a directory per node
//
// Files are renamed into place, the record last: where it stands everything stands. A node that publishes what another
// one has published too (its lease was lost meanwhile) replaces whole files by whole files.
#pragma once

#include "node/artifact_store.hpp"
#include "node/scratch_directory.hpp"
#include "node/staging.hpp"

namespace docmill {

class JobArtifactStore final : public ArtifactStore {
 public:
  // Makes the directory if it is missing. `durable`: outputs survive a power failure, each file is synced before it is
  // renamed. SystemError (misconfigured): it cannot be made or written.
  JobArtifactStore(std::filesystem::path root, bool durable);

  Status check(const ArtifactOwner& /*owner*/) override { return {}; }
  Result<Descriptor> create(const ArtifactOwner& owner, std::string_view name) override;
  boost::asio::awaitable<Status> publish(ArtifactOwner owner, std::vector<std::string> names,
                                         std::string record) override;
  void discard(const ArtifactOwner& owner) override { staging_.discard(owner); }
  boost::asio::awaitable<Result<Descriptor>> open(ArtifactOwner owner, std::string name) override;
  boost::asio::awaitable<void> remove_parts(ArtifactOwner owner) override;
  boost::asio::awaitable<Status> remove_job(JobId job) override;

 private:
  Status publish_files(const ArtifactOwner& owner, const std::vector<std::string>& names, std::string_view record);
  std::filesystem::path directory_of(const ArtifactOwner& owner) const;
  Status put(const std::string& from, const std::filesystem::path& to) const;

  const std::filesystem::path root_;
  const bool durable_;
  const ScratchDirectory scratch_;
  Staging staging_;
};

}  // namespace docmill
