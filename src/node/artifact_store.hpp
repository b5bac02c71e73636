// ArtifactStore: where outputs live. A task's artifacts are written to unnamed or temporary files and appear under
// their names all at once, when the task is committed: what is there is whole.
//
// One event loop. What is not a coroutine may block for the time of a few file system calls; what may go over a network
// is one. Coroutines own their arguments; cancelled, they stop soon, and what they did not finish is not visible as
// whole.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/descriptor.hpp"
#include "core/job.hpp"
#include "core/result.hpp"

namespace docmill {

// Whose artifact: enough for any layout (by job and index, or by the document's name).
struct ArtifactOwner {
  JobId job;
  TaskRef ref;           // part > 0: the artifacts of a part are internal until the merge
  std::string document;  // its name
};

class ArtifactStore {
 public:
  virtual ~ArtifactStore() = default;

  // Before the work: may the outputs of this document be written? output_exists, output_unavailable, access_denied.
  virtual Status check(const ArtifactOwner& owner) = 0;

  // A new, empty, writable file for the artifact `name`. Not visible until publish().
  virtual Result<Descriptor> create(const ArtifactOwner& owner, std::string_view name) = 0;

  // Makes the created artifacts in `names` visible, and with them the result record (JSON, as artifact "json").
  // Repeating it is harmless. Others that were created for this owner are dropped. output_exists, output_unavailable
  // (disk full, …).
  virtual boost::asio::awaitable<Status> publish(ArtifactOwner owner, std::vector<std::string> names,
                                                 std::string record) = 0;

  // Drops what was created and not published.
  virtual void discard(const ArtifactOwner& owner) = 0;

  // Opens a published artifact for reading: not_found, output_unavailable (the store cannot be reached).
  virtual boost::asio::awaitable<Result<Descriptor>> open(ArtifactOwner owner, std::string name) = 0;

  // Forgets the artifacts of all parts of a document, after its merge (or its end without one). What cannot be removed
  // does no harm.
  virtual boost::asio::awaitable<void> remove_parts(ArtifactOwner owner) = 0;

  // Forgets all artifacts of a job. A store that keeps outputs where users want them, and not by job, leaves them.
  // output_unavailable: something of it may be left; it may be called again.
  virtual boost::asio::awaitable<Status> remove_job(JobId job) = 0;
};

}  // namespace docmill
