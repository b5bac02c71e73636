#include "node/tree_artifact_store.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "core/fnv1a.hpp"
#include "node/file_io.hpp"
#include "node/record.hpp"
#include "node/sources.hpp"

namespace docmill {

namespace asio = boost::asio;

namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

constexpr std::string_view record_name = Staging::record_name;
constexpr std::size_t longest_head = 1U << 20U;  // of a record that we wrote: its first line

std::string hex_hash(std::string_view text) {
  auto hash = fnv1a(text);
  std::string digits(16, '0');
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, hash >>= 4U)
    *digit = "0123456789abcdef"[hash & 15U];
  return digits;
}

// The artifacts that a record or claim of this document names, from the first line of `file`. Anything else, a JSON
// file that somebody else made or rewrote among it, names none.
std::set<std::string> named_by(const Descriptor& file, const ArtifactOwner& owner) {
  std::string head = read_first_line(file.get(), longest_head);
  head.resize(std::min(head.find('\n'), head.size()));
  if (head.ends_with(',')) head.back() = '}';
  boost::system::error_code error;
  const auto value = json::parse(head, error);
  if (error || !value.is_object()) return {};
  const auto& object = value.get_object();
  const auto text = [&](std::string_view key) {
    const auto* const field = object.if_contains(key);
    return field != nullptr && field->is_string() ? std::string_view(field->get_string()) : std::string_view();
  };
  if (!text("schema").starts_with("docmill.") || text("document") != document_as_text(owner.document)) return {};
  std::set<std::string> names{std::string(record_name)};
  const auto* const artifacts = object.if_contains("artifacts");
  if (artifacts == nullptr || !artifacts->is_array()) return names;
  for (const auto& artifact : artifacts->get_array()) {
    const auto* const fields = artifact.if_object();
    const auto* const name = fields != nullptr ? fields->if_contains("name") : nullptr;
    if (name != nullptr && name->is_string()) names.emplace(name->get_string());
  }
  return names;
}

std::string claim_of(const ArtifactOwner& owner, const std::set<std::string>& names) {
  json::array artifacts;
  for (const auto& name : names) artifacts.push_back(json::object{{"name", name}});
  return json::serialize(json::object{{"schema", "docmill.claim/1"},
                                      {"document", document_as_text(owner.document)},
                                      {"artifacts", std::move(artifacts)}});
}

bool is_input(const struct stat& target, const std::string& document) {
  struct stat source{};
  return ::stat(document.c_str(), &source) == 0 && source.st_dev == target.st_dev && source.st_ino == target.st_ino;
}

bool ends_with_pdf(std::string_view path) {
  return path.size() > 4 && ::strncasecmp(path.data() + path.size() - 4, ".pdf", 4) == 0;
}

}  // namespace

std::string artifact_path(std::string_view path, std::string_view artifact) {
  if (artifact == "pdf" && ends_with_pdf(path)) return std::string(path);
  const auto* const type = artifact == "alto" ? ".xml" : artifact == "blocks" ? ".json" : "";
  return std::string(path) + "." + std::string(artifact) + type;
}

TreeArtifactStore::TreeArtifactStore(TreeStoreOptions options)
    : options_(std::move(options)), tree_(options_.output), staging_(options_.state + "/tmp") {
  std::error_code error;
  fs::remove_all(options_.state + "/tmp", error);
  for (const char* const directory : {"/tmp", "/parts", "/claims"}) {
    fs::create_directories(options_.state + directory, error);
    if (error) {
      throw SystemError(SystemError::Kind::misconfigured, "cannot write in " + options_.state + ": " + error.message());
    }
  }
}

Status TreeArtifactStore::check(const ArtifactOwner& owner) {
  if (owner.ref.part > 0) return {};
  DOCMILL_TRY(target,
              tree_.locate(artifact_path(options_.path_of(owner.document), record_name), OutputTree::Missing::leave));
  if (target.directory && ::faccessat(target.directory.get(), ".", W_OK | X_OK, AT_EACCESS) != 0) {
    return output_error("cannot write in the directory of " + target.shown, errno);
  }
  const auto there = may_replace(owner, target, record_name, owned(owner));
  if (!there) return there.error();
  return {};
}

Result<Descriptor> TreeArtifactStore::create(const ArtifactOwner& owner, std::string_view name) {
  if (owner.ref.part == 0) {
    // Now rather than after the work: a text that cannot be put in place need not be recognised.
    DOCMILL_TRY(target,
                tree_.locate(artifact_path(options_.path_of(owner.document), name), OutputTree::Missing::leave));
    const auto there = may_replace(owner, target, name, owned(owner));
    if (!there) return there.error();
  }
  return staging_.create(owner, name);
}

asio::awaitable<Status> TreeArtifactStore::publish(ArtifactOwner owner, std::vector<std::string> names,
                                                   std::string record) {
  co_return owner.ref.part > 0 ? publish_part(owner, names) : publish_document(owner, names, record);
}

Status TreeArtifactStore::publish_document(const ArtifactOwner& owner, const std::vector<std::string>& names,
                                           std::string_view record) {
  DOCMILL_CHECK(staging_.write_record(owner, names, record));
  const std::set<std::string> ours = owned(owner);
  std::set<std::string> claimed = ours;
  claimed.insert(names.begin(), names.end());
  claimed.emplace(record_name);
  // A claim is only needed where more is at stake than the record alone.
  const std::string claim = claim_path(owner);
  if (claimed.size() > 1) DOCMILL_CHECK(write_file(claim, claim_of(owner, claimed)));

  std::set<std::string> placed = ours;
  if (auto all = place(owner, names, ours, placed); !all) {
    // What stands in the way was foreign before the claim, and stays so.
    static_cast<void>(write_file(claim, claim_of(owner, placed)));
    return all;
  }
  const bool all_named = std::all_of(claimed.begin(), claimed.end(), [&](const std::string& name) {
    return name == record_name || std::find(names.begin(), names.end(), name) != names.end();
  });
  if (all_named) ::unlink(claim.c_str());
  discard(owner);
  return {};
}

// Renames the artifacts, then the record; adds to `placed` what has been.
Status TreeArtifactStore::place(const ArtifactOwner& owner, const std::vector<std::string>& names,
                                const std::set<std::string>& ours, std::set<std::string>& placed) {
  for (const auto& name : names) {
    const auto file = staging_.find(owner, name);
    if (name == record_name || file.empty()) continue;  // in the record already; or put in place before
    DOCMILL_CHECK(put(owner, file, name, ours));
    staging_.taken(owner, name);
    placed.insert(name);
  }
  DOCMILL_CHECK(put(owner, staging_.find(owner, Staging::record_file), record_name, ours));
  staging_.taken(owner, Staging::record_file);
  return {};
}

Status TreeArtifactStore::put(const ArtifactOwner& owner, const std::string& from, std::string_view artifact,
                              const std::set<std::string>& ours) {
  const std::string path = artifact_path(options_.path_of(owner.document), artifact);
  DOCMILL_TRY(target, tree_.locate(path, OutputTree::Missing::create));
  DOCMILL_TRY(replace, may_replace(owner, target, artifact, ours));
  if (options_.durable) DOCMILL_CHECK(sync_file(from));
  DOCMILL_CHECK(OutputTree::move_into(from, target, replace));
  if (options_.durable && ::fsync(target.directory.get()) != 0)
    return output_error("cannot write " + target.shown, errno);
  return {};
}

Result<bool> TreeArtifactStore::may_replace(const ArtifactOwner& owner, const OutputPath& target,
                                            std::string_view artifact, const std::set<std::string>& ours) const {
  struct stat status{};
  if (!target.directory) return false;
  if (::fstatat(target.directory.get(), target.file.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return false;
    return output_error("cannot look at " + target.shown, errno);
  }
  if (S_ISDIR(status.st_mode)) return fail(ErrorCode::output_exists, target.shown + " is a directory");
  struct stat followed{};
  const bool reachable = ::fstatat(target.directory.get(), target.file.c_str(), &followed, 0) == 0;
  if (reachable && is_input(followed, owner.document)) {
    return fail(ErrorCode::output_exists, "the output would overwrite the input " + target.shown);
  }
  if (options_.overwrite || ours.contains(std::string(artifact))) return true;
  return fail(
      ErrorCode::output_exists,
      target.shown + " is there already and is not docmill's output for this document; --overwrite replaces it");
}

std::set<std::string> TreeArtifactStore::owned(const ArtifactOwner& owner) const {
  std::set<std::string> names;
  const auto record =
      tree_.locate(artifact_path(options_.path_of(owner.document), record_name), OutputTree::Missing::leave);
  if (record && record->directory) {
    const Descriptor file(
        ::openat(record->directory.get(), record->file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (file) names = named_by(file, owner);
  }
  const Descriptor claim(::open(claim_path(owner).c_str(), O_RDONLY | O_CLOEXEC));
  if (claim) names.merge(named_by(claim, owner));
  return names;
}

void TreeArtifactStore::discard(const ArtifactOwner& owner) { staging_.discard(owner); }

asio::awaitable<Result<Descriptor>> TreeArtifactStore::open(ArtifactOwner owner, std::string name) {
  co_return open_file(owner, name);
}

Result<Descriptor> TreeArtifactStore::open_file(const ArtifactOwner& owner, std::string_view name) const {
  Descriptor file;
  if (owner.ref.part > 0) {
    const std::string path = part_directory(owner) + std::to_string(owner.ref.part) + "." + std::string(name);
    file = open_to_consume(path);
  } else {
    DOCMILL_TRY(place, tree_.locate(artifact_path(options_.path_of(owner.document), name), OutputTree::Missing::leave));
    if (place.directory) {
      file = Descriptor(::openat(place.directory.get(), place.file.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    }
  }
  if (!file) {
    return fail(ErrorCode::not_found,
                "there is no output '" + std::string(name) + "' of " + plain_path(owner.document));
  }
  return file;
}

// -- Parts: kept in the state directory until their merge.

Status TreeArtifactStore::publish_part(const ArtifactOwner& owner, const std::vector<std::string>& names) {
  const std::string directory = part_directory(owner);
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) return output_error("cannot create " + directory, error.value());
  for (const auto& name : names) {
    const auto file = staging_.find(owner, name);
    if (file.empty()) continue;
    if (options_.durable) DOCMILL_CHECK(sync_file(file));
    const std::string target = directory + std::to_string(owner.ref.part) + "." + name;
    if (::rename(file.c_str(), target.c_str()) != 0) return output_error("cannot create " + target, errno);
    staging_.taken(owner, name);
  }
  discard(owner);
  return {};
}

asio::awaitable<void> TreeArtifactStore::remove_parts(ArtifactOwner owner) {
  std::error_code ignored;
  fs::remove_all(part_directory(owner), ignored);
  fs::remove(options_.state + "/parts/" + owner.job.value, ignored);  // if it is empty now
  co_return;
}

asio::awaitable<Status> TreeArtifactStore::remove_job(JobId /*job*/) { co_return Status(); }

std::string TreeArtifactStore::claim_path(const ArtifactOwner& owner) const {
  return options_.state + "/claims/" + hex_hash(options_.path_of(owner.document));
}

std::string TreeArtifactStore::part_directory(const ArtifactOwner& owner) const {
  return options_.state + "/parts/" + owner.job.value + "/" + std::to_string(owner.ref.index) + "/";
}

}  // namespace docmill
