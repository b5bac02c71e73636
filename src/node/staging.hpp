// Staging: artifacts on their way: files in a directory of this process alone, until a store takes them away or they
// are dropped. What all stores on files share.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "node/artifact_store.hpp"

namespace docmill {

class Staging {
 public:
  // `directory` exists; names of files in it are made here.
  explicit Staging(std::string directory) : directory_(std::move(directory)) {}

  // A new, empty file, in place of an earlier one of that name.
  Result<Descriptor> create(const ArtifactOwner& owner, std::string_view name);

  // Writes the record to a file of its own, which has the name `record_file` here. Where the worker wrote the pages in
  // full (artifact "json" is among `names`), they are moved into it. Repeated after success it does nothing.
  Status write_record(const ArtifactOwner& owner, const std::vector<std::string>& names, std::string_view record);

  // The path of a file; empty: there is none.
  std::string find(const ArtifactOwner& owner, std::string_view name) const;
  // It has been moved away.
  void taken(const ArtifactOwner& owner, std::string_view name);
  // Deletes what is left.
  void discard(const ArtifactOwner& owner);

  // A path for any other file.
  std::string new_path() { return directory_ + "/" + std::to_string(++last_); }

  static constexpr std::string_view record_name = "json";  // the artifact under which the record is published
  static constexpr std::string_view record_file = "";      // no artifact has this name

 private:
  using Key = std::pair<JobId, TaskRef>;
  using Files = std::map<std::string, std::string, std::less<>>;  // artifact → path

  const std::string directory_;
  std::uint64_t last_ = 0;
  std::map<Key, Files> files_;
};

}  // namespace docmill
