#include "node/output_tree.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

namespace docmill {
namespace {

std::vector<std::string> components_of(std::string_view path) {
  std::vector<std::string> components;
  while (!path.empty()) {
    const auto end = std::min(path.find('/'), path.size());
    if (end > 0 && path.substr(0, end) != ".") components.emplace_back(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return components;
}

// One step down, never through a symbolic link.
Descriptor open_directory(int parent, const std::string& name) {
  return Descriptor(::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

bool is_link(int parent, const std::string& name) {
  struct stat status{};
  return ::fstatat(parent, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(status.st_mode);
}

}  // namespace

Error output_error(const std::string& what, int error) {
  const std::string message = what + ": " + std::strerror(error);
  switch (error) {
    case EACCES:
    case EPERM:
    case ENAMETOOLONG:
      return fail(ErrorCode::access_denied, message);
    case EEXIST:
    case EISDIR:
    case ENOTDIR:
    case ENOTEMPTY:
      return fail(ErrorCode::output_exists, message);
    default:
      return fail(ErrorCode::output_unavailable, message);
  }
}

OutputTree::OutputTree(const std::string& root)
    : root_(root), directory_(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (!directory_) {
    throw SystemError(SystemError::Kind::misconfigured,
                      "the output directory " + root + " cannot be opened: " + std::strerror(errno));
  }
}

Result<OutputPath> OutputTree::locate(std::string_view path, Missing directories) const {
  const auto components = components_of(path);
  OutputPath result;
  result.shown = root_ + "/" + std::string(path);
  for (const auto& component : components) {
    if (component == ".." || component.find('\0') != std::string::npos) {
      return fail(ErrorCode::access_denied, "the output " + result.shown + " would lie outside " + root_);
    }
  }
  if (components.empty()) return fail(ErrorCode::access_denied, "an output needs a name below " + root_);
  result.file = components.back();
  Descriptor current(::fcntl(directory_.get(), F_DUPFD_CLOEXEC, 0));
  for (std::size_t i = 0; current && i + 1 < components.size(); ++i) {
    if (directories == Missing::create && ::mkdirat(current.get(), components[i].c_str(), 0777) != 0 &&
        errno != EEXIST) {
      return output_error("cannot create the directory of " + result.shown, errno);
    }
    Descriptor next = open_directory(current.get(), components[i]);
    const int error = errno;
    if (!next && error == ENOENT && directories == Missing::leave) {
      if (::faccessat(current.get(), ".", W_OK | X_OK, AT_EACCESS) != 0) {
        return output_error("cannot create the directory of " + result.shown, errno);
      }
      return result;
    }
    if (!next && is_link(current.get(), components[i])) {
      return fail(ErrorCode::access_denied, "'" + components[i] + "' on the way to " + result.shown +
                                                " is a symbolic link; docmill follows none below " + root_);
    }
    if (!next) return output_error("cannot open the directory of " + result.shown, error);
    current = std::move(next);
  }
  if (!current) return output_error("cannot open " + root_, errno);
  result.directory = std::move(current);
  return result;
}

Status OutputTree::move_into(const std::string& from, const OutputPath& target, bool replace) {
  const unsigned flags = replace ? 0 : RENAME_NOREPLACE;
  if (::renameat2(AT_FDCWD, from.c_str(), target.directory.get(), target.file.c_str(), flags) == 0) return {};
  if (errno == EINVAL && !replace) {
    // A file system without RENAME_NOREPLACE: a link is refused where something is, too.
    if (::linkat(AT_FDCWD, from.c_str(), target.directory.get(), target.file.c_str(), 0) == 0) {
      ::unlink(from.c_str());
      return {};
    }
  }
  return output_error("cannot put " + target.shown + " in place", errno);
}

}  // namespace docmill
