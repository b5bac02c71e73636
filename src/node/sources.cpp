#include "node/sources.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace docmill {
namespace {

Error cannot_open(const std::string& document, int error) {
  const std::string reason = std::strerror(error);
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return fail(ErrorCode::not_found, "no such file: " + document);
    case EACCES:
    case EPERM:
      return fail(ErrorCode::access_denied, "may not be read: " + document + " (" + reason + ")");
    case ENAMETOOLONG:
    case ELOOP:
      return fail(ErrorCode::not_found, "cannot be opened: " + document + " (" + reason + ")");
    case ENXIO:
    case ENODEV:
      return fail(ErrorCode::unsupported_type, "is no regular file: " + document);
    default:
      return fail(ErrorCode::source_unavailable, "cannot be opened at present: " + document + " (" + reason + ")");
  }
}

Error no_file(const std::string& document, mode_t mode) {
  const char* const kind = S_ISDIR(mode)                    ? "a directory"
                           : S_ISFIFO(mode)                 ? "a pipe"
                           : S_ISCHR(mode) || S_ISBLK(mode) ? "a device"
                                                            : "no regular file";
  return fail(ErrorCode::unsupported_type, "is " + std::string(kind) + ", not a document: " + document);
}

}  // namespace

std::string_view scheme_of(std::string_view document) {
  for (const std::string_view scheme : {"http", "https", "s3"}) {
    if (document.starts_with(scheme) && document.substr(scheme.size()).starts_with("://")) return scheme;
  }
  return document.starts_with("blob:sha256:") ? "blob" : "";
}

Result<Source> open_source(const std::string& document) {
  if (const auto scheme = scheme_of(document); !scheme.empty()) {
    return fail(ErrorCode::unsupported_type,
                "this node opens local files only; it cannot fetch " + std::string(scheme) + " addresses: " + document);
  }
  // O_NONBLOCK: opening a pipe without a writer would wait for one.
  Source source;
  source.file = Descriptor(::open(document.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!source.file) return cannot_open(document, errno);
  struct stat status{};
  if (::fstat(source.file.get(), &status) != 0) return cannot_open(document, errno);
  if (!S_ISREG(status.st_mode)) return no_file(document, status.st_mode);
  source.bytes = static_cast<std::uint64_t>(status.st_size);
  source.modified = std::chrono::floor<Millis>(std::chrono::seconds(status.st_mtim.tv_sec) +
                                               std::chrono::nanoseconds(status.st_mtim.tv_nsec));
  return source;
}

bool needs_source(std::string_view pipeline) { return pipeline != "noop"; }

}  // namespace docmill
