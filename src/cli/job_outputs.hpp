// JobOutputs: what the documents of a job have left, wherever that is: below the output directory of `docmill run`, or
// in the artifact store of submitted jobs.
#pragma once

#include <boost/json/object.hpp>
#include <filesystem>
#include <optional>

#include "cli/queue.hpp"
#include "node/artifact_store.hpp"
#include "system/outputs.hpp"

namespace docmill::cli {

class Session;

// Configuration keys that say where the artifact store is and how it is reached.
bool is_store_key(const ConfigKey& key);

class JobOutputs {
 public:
  // `output`: as in queue_place(). The queue outlives it. The store is opened when it is first needed.
  JobOutputs(Queue& queue, const Session& session, std::string output);

  // not_found, and what the store says. SystemError: the store cannot be used at all.
  awaitable<Result<Descriptor>> open(ArtifactOwner owner, std::string name);

  // The record of a document, whole: what a queue keeps of a long one is only its head. Blocks of text, which the
  // format json puts into it, are left out.
  awaitable<Result<boost::json::object>> record(ArtifactOwner owner);

  // Forgets all artifacts of a job. Outputs of `docmill run` are the user's and stay. Returns where they were; empty:
  // nothing was to be done.
  awaitable<Result<std::string>> remove_job(JobId job);

 private:
  ArtifactStore& store();

  Queue& queue_;
  const Session& session_;
  const std::string output_;
  std::optional<Network> network_;
  std::unique_ptr<ArtifactStore> store_;
};

}  // namespace docmill::cli
