// Sources: what the name of a document says, and from a name to a descriptor of its bytes.
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

// Stands in a path before the part that the outputs mirror.
inline constexpr std::string_view output_mark = "/./";

// The part of a document's name that its outputs mirror: what follows the last mark, or the whole name; of an address
// what follows its scheme.
std::string_view output_stem(std::string_view document);

// The name as it is shown to people: without the mark.
std::string plain_path(std::string_view document);

// Whether any stage of the pipeline opens the document.
bool needs_source(std::string_view pipeline);

}  // namespace docmill
