#include "node/s3_artifact_store.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "node/file_io.hpp"
#include "node/output_tree.hpp"

namespace docmill {

namespace asio = boost::asio;

namespace {

constexpr Millis read_timeout{600'000};
constexpr std::uint64_t most_bytes = 64ULL << 30U;  // of an artifact that is read back

// A file to be sent, open: whoever drops the local file meanwhile does no harm.
struct Upload {
  S3Place place;
  Descriptor file;
  std::uint64_t bytes = 0;
};

Result<Upload> open_upload(S3Place place, const std::string& path) {
  Upload upload;
  upload.place = std::move(place);
  upload.file = Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status{};
  if (!upload.file || ::fstat(upload.file.get(), &status) != 0) return output_error("cannot read " + path, errno);
  upload.bytes = static_cast<std::uint64_t>(status.st_size);
  return upload;
}

// What a failed transfer means for an output: the store's failures are nobody's document's.
Error output_failure(const Error& error) {
  if (error.code == ErrorCode::not_found || error.code == ErrorCode::cancelled) return error;
  return fail(ErrorCode::output_unavailable, error.message);
}

Status send_all(S3& s3, const std::vector<Upload>& uploads, const GivenUp& given_up) {
  for (const auto& upload : uploads) {
    const auto sent = s3.put_file(upload.place, upload.file.get(), upload.bytes, given_up);
    // A bucket that is not there is no more the document's fault than one that is full.
    if (!sent) return fail(ErrorCode::output_unavailable, sent.error().message);
  }
  return {};
}

Result<Descriptor> fetch(S3& s3, const S3Place& place, const std::string& path, const GivenUp& given_up) {
  DOCMILL_TRY(file, unnamed_file(path));
  const auto got = s3.get(place, file.get(), most_bytes, read_timeout, given_up);
  if (!got) return output_failure(got.error());
  return file;
}

Status remove_below(S3& s3, const S3Place& prefix, const GivenUp& given_up) {
  while (true) {
    const auto keys = s3.list(prefix, given_up);
    if (!keys) return output_failure(keys.error());
    if (keys->empty()) return {};
    const auto removed = s3.remove(prefix.bucket, *keys, given_up);
    if (!removed) return output_failure(removed.error());
  }
}

}  // namespace

S3ArtifactStore::S3ArtifactStore(BlockingPool& pool, std::shared_ptr<S3> s3, S3StoreOptions options)
    : pool_(pool),
      s3_(std::move(s3)),
      options_(std::move(options)),
      scratch_(options_.scratch),
      staging_(scratch_.path().string()) {}

Result<Descriptor> S3ArtifactStore::create(const ArtifactOwner& owner, std::string_view name) {
  return staging_.create(owner, name);
}

asio::awaitable<Status> S3ArtifactStore::publish(ArtifactOwner owner, std::vector<std::string> names,
                                                 std::string record) {
  const bool is_part = owner.ref.part > 0;
  if (!is_part) {
    auto written = staging_.write_record(owner, names, record);
    if (!written) co_return std::move(written).error();
    std::erase(names, Staging::record_name);  // it is in the record
    names.emplace_back(Staging::record_file);
  }
  const auto uploads = std::make_shared<std::vector<Upload>>();
  for (const auto& name : names) {
    const auto path = staging_.find(owner, name);
    if (path.empty()) continue;
    const auto shown = name == Staging::record_file ? std::string(Staging::record_name) : name;
    S3Place place{options_.place.bucket, prefix_of(owner) + shown};
    auto upload = open_upload(std::move(place), path);
    if (!upload) co_return std::move(upload).error();
    uploads->push_back(std::move(*upload));
  }
  const std::function<Status(const GivenUp&)> work = [s3 = s3_, uploads](const GivenUp& given_up) {
    return send_all(*s3, *uploads, given_up);
  };
  auto sent = co_await pool_.run<Status>(work);
  if (sent) staging_.discard(owner);
  co_return sent;
}

asio::awaitable<Result<Descriptor>> S3ArtifactStore::open(ArtifactOwner owner, std::string name) {
  const std::function<Result<Descriptor>(const GivenUp&)> work =
      [s3 = s3_, place = S3Place{options_.place.bucket, prefix_of(owner) + name},
       path = scratch_.path().string()](const GivenUp& given_up) { return fetch(*s3, place, path, given_up); };
  auto file = co_await pool_.run<Result<Descriptor>>(work);
  if (!file || owner.ref.part > 0) co_return file;
  co_return read_only(*file);
}

asio::awaitable<void> S3ArtifactStore::remove_parts(ArtifactOwner owner) {
  owner.ref.part = 0;
  static_cast<void>(co_await remove_all(prefix_of(owner) + "parts/"));
}

asio::awaitable<Status> S3ArtifactStore::remove_job(JobId job) { co_return co_await remove_all(prefix_of(job)); }

asio::awaitable<Status> S3ArtifactStore::remove_all(std::string prefix) {
  const std::function<Status(const GivenUp&)> work =
      [s3 = s3_, place = S3Place{options_.place.bucket, std::move(prefix)}](const GivenUp& given_up) {
        return remove_below(*s3, place, given_up);
      };
  co_return co_await pool_.run<Status>(work);
}

std::string S3ArtifactStore::prefix_of(const JobId& job) const {
  const auto& prefix = options_.place.key;
  return prefix + (prefix.empty() || prefix.ends_with('/') ? "" : "/") + job.value + "/";
}

std::string S3ArtifactStore::prefix_of(const ArtifactOwner& owner) const {
  const auto document = prefix_of(owner.job) + std::to_string(owner.ref.index) + "/";
  return owner.ref.part > 0 ? document + "parts/" + std::to_string(owner.ref.part) + "/" : document;
}

}  // namespace docmill
