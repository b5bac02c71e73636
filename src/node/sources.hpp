// Sources: from a document's name to a descriptor of its bytes.
#pragma once

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

// Opens a local path. Never hangs: a pipe or device is refused before it is read.
// not_found, access_denied, unsupported_type (no regular file, or a scheme this node cannot fetch), source_unavailable.
Result<Source> open_source(const std::string& document);

// Whether any stage of the pipeline opens the document.
bool needs_source(std::string_view pipeline);

}  // namespace docmill
