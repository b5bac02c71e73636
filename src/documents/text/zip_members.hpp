// Members of a zip archive, within limits.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace docmill {

using ZipMembers = std::map<std::string, std::string, std::less<>>;

struct ZipLimits {
  std::uint64_t max_bytes = 0;    // of all members read, unpacked
  std::uint64_t max_members = 0;  // in the archive, read or not
};

// Whether the directory at the end of an archive is there: without it the file is cut off, and only docmill and the
// like, which go from member to member, can read what is left.
bool has_zip_directory(std::string_view bytes);

// Unpacks the members that `wants` accepts, by name; of a member that is damaged by itself nothing is left: it is
// empty. Nothing is written anywhere, and sizes that the archive claims are not trusted.
//   unreadable: damaged so that other members cannot be found, or no zip · encrypted: a wanted member is · too_large:
//   over a limit (a "zip bomb" too)
Result<ZipMembers> read_zip(std::string_view bytes, const std::function<bool(std::string_view name)>& wants,
                            const ZipLimits& limits);

}  // namespace docmill
