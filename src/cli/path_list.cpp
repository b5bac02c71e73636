#include "cli/path_list.hpp"

#include <glob.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>

#include "node/sources.hpp"

namespace docmill::cli {
namespace {

ErrorCode code_of(int error) {
  if (error == ENOENT) return ErrorCode::not_found;
  return error == EACCES ? ErrorCode::access_denied : ErrorCode::unreadable;
}

Status read_entries(std::istream& stream, char separator, const std::string& where,
                    const std::function<void(std::string)>& take) {
  std::string entry;
  for (std::uint64_t number = 1; std::getline(stream, entry, separator); ++number) {
    if (entry.empty()) continue;
    if (entry.find('\0') != std::string::npos) {
      return fail(ErrorCode::invalid_option,
                  where + ", line " + std::to_string(number) +
                      ": a NUL byte is in the name; is the list separated by NULs (--null)?");
    }
    take(std::move(entry));
    entry.clear();
  }
  if (stream.bad()) return fail(ErrorCode::unreadable, where + " cannot be read to its end: " + std::strerror(errno));
  return {};
}

}  // namespace

Status read_path_list(const std::string& file, char separator, const std::function<void(std::string)>& take) {
  if (file == "-") {
    std::ios::sync_with_stdio(false);  // without it a million names take seconds
    return read_entries(std::cin, separator, "the list on stdin", take);
  }
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return fail(code_of(errno), "cannot read the list " + file + ": " + std::strerror(errno));
  stream.peek();
  if (stream.bad()) return fail(ErrorCode::unreadable, "cannot read the list " + file + ": " + std::strerror(errno));
  stream.clear();
  return read_entries(stream, separator, "the list " + file, take);
}

Result<std::vector<std::string>> expand_pattern(const std::string& path) {
  if (!is_local(path) || path.find_first_of("*?[") == std::string::npos || ::access(path.c_str(), F_OK) == 0)
    return std::vector{path};
  glob_t found{};
  const int status = ::glob(path.c_str(), 0, nullptr, &found);
  std::vector<std::string> paths(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  if (status != 0) return fail(ErrorCode::not_found, "no file fits the pattern " + path);
  return paths;
}

}  // namespace docmill::cli
