#include "node/job_artifact_store.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <cerrno>

#include "node/file_io.hpp"
#include "node/output_tree.hpp"

namespace docmill {

namespace fs = std::filesystem;

JobArtifactStore::JobArtifactStore(fs::path root, bool durable)
    : root_(std::move(root)), durable_(durable), scratch_(root_ / "tmp"), staging_(scratch_.path().string()) {}

Result<Descriptor> JobArtifactStore::create(const ArtifactOwner& owner, std::string_view name) {
  return staging_.create(owner, name);
}

Status JobArtifactStore::publish(const ArtifactOwner& owner, const std::vector<std::string>& names,
                                 std::string_view record) {
  const auto directory = directory_of(owner);
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) return output_error("cannot create " + directory.string(), error.value());
  const bool is_part = owner.ref.part > 0;
  if (!is_part) DOCMILL_CHECK(staging_.write_record(owner, names, record));
  for (const auto& name : names) {
    const auto file = staging_.find(owner, name);
    if (file.empty() || (!is_part && name == Staging::record_name)) continue;
    DOCMILL_CHECK(put(file, directory / name));
    staging_.taken(owner, name);
  }
  if (!is_part) {
    DOCMILL_CHECK(put(staging_.find(owner, Staging::record_file), directory / Staging::record_name));
    staging_.taken(owner, Staging::record_file);
  }
  staging_.discard(owner);
  if (!durable_) return {};
  const Descriptor held(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!held || ::fsync(held.get()) != 0) return output_error("cannot write " + directory.string(), errno);
  return {};
}

Status JobArtifactStore::put(const std::string& from, const fs::path& to) const {
  if (durable_) DOCMILL_CHECK(sync_file(from));
  if (::rename(from.c_str(), to.c_str()) != 0) return output_error("cannot create " + to.string(), errno);
  return {};
}

Result<Descriptor> JobArtifactStore::open(const ArtifactOwner& owner, std::string_view name) {
  const auto path = directory_of(owner) / name;
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file) return file;
  if (errno == ENOENT) {
    return fail(ErrorCode::not_found, "there is no output '" + std::string(name) + "' of " + owner.document);
  }
  return output_error("cannot read " + path.string(), errno);
}

void JobArtifactStore::remove_parts(const ArtifactOwner& owner) {
  auto document = owner;
  document.ref.part = 0;
  std::error_code ignored;  // what cannot be removed does no harm
  fs::remove_all(directory_of(document) / "parts", ignored);
}

fs::path JobArtifactStore::directory_of(const ArtifactOwner& owner) const {
  auto directory = root_ / owner.job.value / std::to_string(owner.ref.index);
  if (owner.ref.part > 0) directory = directory / "parts" / std::to_string(owner.ref.part);
  return directory;
}

}  // namespace docmill
