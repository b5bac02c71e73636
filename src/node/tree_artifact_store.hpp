// TreeArtifactStore: outputs as a tree of files beside each other, as `docmill run` leaves them.
//
//   a/scan.pdf  →  a/scan.pdf.txt .hocr .alto.xml .tsv, a/scan.pdf (searchable), a/scan.pdf.json (the record)
//
// Files are written in the state directory, which must lie on the same file system, and renamed into place; the record
// comes last, so where it stands everything stands. A file that exists is replaced only if it is ours: the document's
// record names it, or a claim in the state directory, which is there while files are put in place, and for as long as
// older outputs of the document are that its newest record no longer names.
#pragma once

#include <functional>
#include <set>

#include "node/artifact_store.hpp"
#include "node/output_tree.hpp"
#include "node/staging.hpp"

namespace docmill {

struct TreeStoreOptions {
  std::string output;  // directory, exists
  std::string state;   // directory, exists; nobody else may use it meanwhile
  // From a document's name to its path below `output`. A path that leaves it is refused when the document is checked.
  std::function<std::string(const std::string& document)> path_of;
  bool overwrite = false;  // replace files that are not ours, too; inputs never
  bool durable = false;    // outputs survive a power failure: each file is synced before it is renamed
};

class TreeArtifactStore final : public ArtifactStore {
 public:
  // Removes what an earlier process left unfinished. SystemError (misconfigured): the directories cannot be used.
  explicit TreeArtifactStore(TreeStoreOptions options);

  Status check(const ArtifactOwner& owner) override;
  Result<Descriptor> create(const ArtifactOwner& owner, std::string_view name) override;
  boost::asio::awaitable<Status> publish(ArtifactOwner owner, std::vector<std::string> names,
                                         std::string record) override;
  void discard(const ArtifactOwner& owner) override;
  boost::asio::awaitable<Result<Descriptor>> open(ArtifactOwner owner, std::string name) override;
  boost::asio::awaitable<void> remove_parts(ArtifactOwner owner) override;
  // Outputs beside the inputs are the user's: all stay.
  boost::asio::awaitable<Status> remove_job(JobId job) override;

 private:
  Status publish_document(const ArtifactOwner& owner, const std::vector<std::string>& names, std::string_view record);
  Result<Descriptor> open_file(const ArtifactOwner& owner, std::string_view name) const;
  Status publish_part(const ArtifactOwner& owner, const std::vector<std::string>& names);
  Status place(const ArtifactOwner& owner, const std::vector<std::string>& names, const std::set<std::string>& ours,
               std::set<std::string>& placed);
  Status put(const ArtifactOwner& owner, const std::string& from, std::string_view artifact,
             const std::set<std::string>& ours);
  // Whether the target is there, given that it may be written.
  Result<bool> may_replace(const ArtifactOwner& owner, const OutputPath& target, std::string_view artifact,
                           const std::set<std::string>& ours) const;
  std::set<std::string> owned(const ArtifactOwner& owner) const;
  std::string claim_path(const ArtifactOwner& owner) const;
  std::string part_directory(const ArtifactOwner& owner) const;

  const TreeStoreOptions options_;
  OutputTree tree_;
  Staging staging_;
};

// Where the artifact of a document at `path` goes: "txt" of "a/scan.pdf" → "a/scan.pdf.txt".
std::string artifact_path(std::string_view path, std::string_view artifact);

}  // namespace docmill
