#include "node/sources.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace docmill {
namespace {

Error cannot_open(const std::string& path, int error) {
  const std::string reason = std::strerror(error);
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return fail(ErrorCode::not_found, "no such file: " + path);
    case EACCES:
    case EPERM:
      return fail(ErrorCode::access_denied, "may not be read: " + path + " (" + reason + ")");
    case ENAMETOOLONG:
    case ELOOP:
      return fail(ErrorCode::not_found, "cannot be opened: " + path + " (" + reason + ")");
    case ENXIO:
    case ENODEV:
      return fail(ErrorCode::unsupported_type, "is no regular file: " + path);
    default:
      return fail(ErrorCode::source_unavailable, "cannot be opened at present: " + path + " (" + reason + ")");
  }
}

Error no_file(const std::string& path, mode_t mode) {
  const char* const kind = S_ISDIR(mode)                    ? "a directory"
                           : S_ISFIFO(mode)                 ? "a pipe"
                           : S_ISCHR(mode) || S_ISBLK(mode) ? "a device"
                                                            : "no regular file";
  return fail(ErrorCode::unsupported_type, "is " + std::string(kind) + ", not a document: " + path);
}

}  // namespace

std::string_view scheme_of(std::string_view document) {
  for (const std::string_view scheme : {"http", "https", "s3"}) {
    if (document.starts_with(scheme) && document.substr(scheme.size()).starts_with("://")) return scheme;
  }
  return document.starts_with("blob:sha256:") ? "blob" : "";
}

std::string_view output_stem(std::string_view document) {
  if (const auto scheme = scheme_of(document); !scheme.empty()) {
    const auto rest = document.substr(scheme.size() + 1);
    return rest.starts_with("//") ? rest.substr(2) : rest;
  }
  const auto at = document.rfind(output_mark);
  return at == std::string_view::npos ? document : document.substr(at + output_mark.size());
}

std::string plain_path(std::string_view document) {
  const auto at = document.rfind(output_mark);
  if (at == std::string_view::npos || !is_local(document)) return std::string(document);
  return std::string(document.substr(0, at + 1)) + std::string(document.substr(at + output_mark.size()));
}

Result<Source> open_source(const std::string& document) {
  if (const auto scheme = scheme_of(document); !scheme.empty()) {
    return fail(ErrorCode::unsupported_type,
                "this node opens local files only; it cannot fetch " + std::string(scheme) + " addresses: " + document);
  }
  // O_NONBLOCK: opening a pipe without a writer would wait for one.
  Source source;
  source.file = Descriptor(::open(document.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!source.file) return cannot_open(plain_path(document), errno);
  struct stat status{};
  if (::fstat(source.file.get(), &status) != 0) return cannot_open(plain_path(document), errno);
  if (!S_ISREG(status.st_mode)) return no_file(plain_path(document), status.st_mode);
  source.bytes = static_cast<std::uint64_t>(status.st_size);
  source.modified = std::chrono::floor<Millis>(std::chrono::seconds(status.st_mtim.tv_sec) +
                                               std::chrono::nanoseconds(status.st_mtim.tv_nsec));
  return source;
}

bool needs_source(std::string_view pipeline) { return pipeline != "noop"; }

}  // namespace docmill
