#include "node/staging.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "node/file_io.hpp"
#include "node/output_tree.hpp"

namespace docmill {

Result<Descriptor> Staging::create(const ArtifactOwner& owner, std::string_view name) {
  std::string path = new_path();
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!file) return output_error("cannot create a file in " + directory_, errno);
  auto& place = files_[Key(owner.job, owner.ref)][std::string(name)];
  if (!place.empty()) ::unlink(place.c_str());
  place = std::move(path);
  return file;
}

Status Staging::write_record(const ArtifactOwner& owner, const std::vector<std::string>& names,
                             std::string_view record) {
  const bool has_pages = std::find(names.begin(), names.end(), record_name) != names.end();
  const auto pages = find(owner, record_name);
  const bool is_repeated = has_pages && pages.empty() && !find(owner, record_file).empty();
  if (is_repeated) return {};
  DOCMILL_TRY(to, create(owner, record_file));
  const auto path = find(owner, record_file);
  if (pages.empty() || !has_pages) return write_all(to.get(), record, path);
  const Descriptor from(::open(pages.c_str(), O_RDWR | O_CLOEXEC));
  if (!from) return output_error("cannot read " + pages, errno);
  ::unlink(pages.c_str());  // if moving fails half-way nothing must be made of what is left
  DOCMILL_CHECK(write_all(to.get(), std::string(record.substr(0, record.rfind('}'))) + ",\n\"pages\":", path));
  DOCMILL_CHECK(move_all(from.get(), to.get(), path));
  DOCMILL_CHECK(write_all(to.get(), "}\n", path));
  taken(owner, record_name);
  return {};
}

std::string Staging::find(const ArtifactOwner& owner, std::string_view name) const {
  const auto files = files_.find(Key(owner.job, owner.ref));
  if (files == files_.end()) return "";
  const auto file = files->second.find(name);
  return file == files->second.end() ? "" : file->second;
}

void Staging::taken(const ArtifactOwner& owner, std::string_view name) {
  const auto files = files_.find(Key(owner.job, owner.ref));
  if (files == files_.end()) return;
  const auto file = files->second.find(name);
  if (file != files->second.end()) files->second.erase(file);
}

void Staging::discard(const ArtifactOwner& owner) {
  const auto files = files_.find(Key(owner.job, owner.ref));
  if (files == files_.end()) return;
  for (const auto& [name, path] : files->second) ::unlink(path.c_str());
  files_.erase(files);
}

}  // namespace docmill
