// What is looked for on one page: whether it is blank, how well it can be read, whether it has text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "processors/page_work.hpp"
#include "processors/validation/findings.hpp"

namespace docmill::validation {

struct PageReport {
  std::vector<Finding> findings;
  bool is_blank = false;
  bool has_text = false;
  std::string picture;  // HTML, where there is something to complain of and the pixels were at hand
};

// The page is drawn, or its scan decoded, only if it is a scan or has no words, or the check `rendering` is asked for.
// Measured are the pixels of the document, whatever preprocessing makes of them. A page whose pixels cannot be had is a
// finding. Throws std::bad_alloc. `is_image`: the document is an image file, which has no text layer to be missed.
PageReport check_page(PageWork& work, const ValidationOptions& options, bool is_image);

// How wide thumbnails are at most, in pixels.
inline constexpr int thumbnail_width = 240;

// A report on its way from the worker to the writer, without its picture.
std::string to_note(const PageReport& report);
// internal: not what to_note writes
Result<PageReport> from_note(std::string_view note, int page);

}  // namespace docmill::validation
