// Sources: from a document's name to a descriptor of its bytes.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "core/descriptor.hpp"
#include "core/job.hpp"
#include "core/result.hpp"

namespace docmill {

struct Source {
  Descriptor file;  // read-only, at its start
  std::uint64_t bytes = 0;
  TimePoint modified{};
};

// Fetches what lies behind an address.
class SourceFetcher {
 public:
  virtual ~SourceFetcher() = default;
  // not_found, access_denied, source_unavailable (another attempt makes sense), too_large, unsupported_type (a scheme
  // that cannot be fetched). Cancelled, it ends soon.
  virtual boost::asio::awaitable<Result<Source>> fetch(std::string document) = 0;
};

// Opens a local path. Never hangs: a pipe or device is refused before it is read.
// not_found, access_denied, unsupported_type (no regular file, or a scheme this node cannot fetch), source_unavailable.
Result<Source> open_source(const std::string& document);

// "s3" of "s3://bucket/key", "blob" of "blob:sha256:…"; empty for a path. A path may contain colons and slashes, too,
// so only schemes that docmill knows count.
std::string_view scheme_of(std::string_view document);
inline bool is_local(std::string_view document) { return scheme_of(document).empty(); }

// Whether any stage of the pipeline opens the document.
bool needs_source(std::string_view pipeline);

}  // namespace docmill
