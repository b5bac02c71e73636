#include "node/job_artifact_store.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>

#include "node/file_io.hpp"
#include "node/output_tree.hpp"
#include "node/sources.hpp"

namespace docmill {

namespace asio = boost::asio;
namespace fs = std::filesystem;

JobArtifactStore::JobArtifactStore(fs::path root, bool durable)
    : root_(std::move(root)), durable_(durable), scratch_(root_ / "tmp"), staging_(scratch_.path().string()) {}

Result<Descriptor> JobArtifactStore::create(const ArtifactOwner& owner, std::string_view name) {
  return staging_.create(owner, name);
}

asio::awaitable<Status> JobArtifactStore::publish(ArtifactOwner owner, std::vector<std::string> names,
                                                  std::string record) {
  co_return publish_files(owner, names, record);
}

Status JobArtifactStore::publish_files(const ArtifactOwner& owner, const std::vector<std::string>& names,
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

asio::awaitable<Result<Descriptor>> JobArtifactStore::open(ArtifactOwner owner, std::string name) {
  const auto path = directory_of(owner) / name;
  Descriptor file =
      owner.ref.part > 0 ? open_to_consume(path.string()) : Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file) co_return file;
  if (errno == ENOENT)
    co_return fail(ErrorCode::not_found, "there is no output '" + name + "' of " + plain_path(owner.document));
  co_return output_error("cannot read " + path.string(), errno);
}

asio::awaitable<void> JobArtifactStore::remove_parts(ArtifactOwner owner) {
  owner.ref.part = 0;
  std::error_code ignored;
  fs::remove_all(directory_of(owner) / "parts", ignored);
  co_return;
}

// The directory of a job of a million documents takes a while: a bit of it at a time, others have their turns between.
asio::awaitable<Status> JobArtifactStore::remove_job(JobId job) {
  const auto directory = root_ / job.value;
  std::error_code error;
  fs::directory_iterator entries(directory, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    std::error_code failure;
    fs::remove_all(entries->path(), failure);
    if (failure) co_return output_error("cannot remove " + entries->path().string(), failure.value());
    co_await asio::post(asio::use_awaitable);
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    co_return output_error("cannot remove " + directory.string(), error.value());
  }
  fs::remove(directory, error);
  co_return Status();
}

fs::path JobArtifactStore::directory_of(const ArtifactOwner& owner) const {
  auto directory = root_ / owner.job.value / std::to_string(owner.ref.index);
  if (owner.ref.part > 0) directory = directory / "parts" / std::to_string(owner.ref.part);
  return directory;
}

}  // namespace docmill
