#include "cli/job_outputs.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cerrno>

#include "cli/session.hpp"
#include "node/sources.hpp"
#include "node/tree_artifact_store.hpp"

namespace docmill::cli {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

Result<Descriptor> open_beside(const std::string& output, const ArtifactOwner& owner, const std::string& name) {
  const auto path = (fs::path(output) / artifact_path(output_stem(owner.document), name)).string();
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return fail(ErrorCode::not_found, "there is no " + path);
  return file;
}

std::string read_all(const Descriptor& file) {
  std::string text;
  constexpr std::size_t step = 256U << 10U;
  while (true) {
    const auto had = text.size();
    text.resize(had + step);
    const auto got = ::pread(file.get(), text.data() + had, step, static_cast<off_t>(had));
    text.resize(had + (got > 0 ? static_cast<std::size_t>(got) : 0));
    if (got <= 0) return text;
  }
}

}  // namespace

bool is_store_key(const ConfigKey& key) { return key.section == "s3" || key.name() == "store.url"; }

JobOutputs::JobOutputs(Queue& queue, const Session& session, std::string output)
    : queue_(queue), session_(session), output_(std::move(output)) {}

ArtifactStore& JobOutputs::store() {
  if (!store_) {
    network_.emplace(queue_.loop(), session_.config());
    store_ = network_->open_store(session_.config(), session_.data_directory());
  }
  return *store_;
}

awaitable<Result<Descriptor>> JobOutputs::open(ArtifactOwner owner, std::string name) {
  if (!output_.empty()) co_return open_beside(output_, owner, name);
  co_return co_await store().open(std::move(owner), std::move(name));
}

awaitable<Result<json::object>> JobOutputs::record(ArtifactOwner owner) {
  const auto document = owner.document;
  auto file = co_await open(std::move(owner), "json");
  if (!file) co_return std::move(file).error();
  boost::system::error_code error;
  auto record = json::parse(read_all(*file), error);
  if (error || !record.is_object()) {
    co_return fail(ErrorCode::unreadable, "the record of " + plain_path(document) + " is no JSON object");
  }
  auto* pages = record.get_object().if_contains("pages");
  if (pages != nullptr && pages->is_array()) {
    for (auto& page : pages->get_array()) {
      if (page.is_object()) page.get_object().erase("blocks");
    }
  }
  co_return std::move(record.get_object());
}

awaitable<Result<std::string>> JobOutputs::remove_job(JobId job) {
  if (!output_.empty()) co_return std::string();
  auto removed = co_await store().remove_job(std::move(job));
  if (!removed) co_return std::move(removed).error();
  co_return artifact_place(session_.config(), session_.data_directory());
}

}  // namespace docmill::cli
