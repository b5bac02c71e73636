// What is looked for in a document as a whole: its type against its name, and the rules of the user.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "documents/document.hpp"
#include "processors/validation/findings.hpp"

namespace docmill::validation {

// Whether `name` (a path or an address) ends as documents of this type do; endings that say nothing fit all.
std::vector<Finding> judge_name(std::string_view name, DocumentType type);

// Whether an office file of a type that is read as text has pictures, charts or embedded files as well: then no words
// do not mean that there is nothing in it. `bytes`: the file.
bool shows_more_than_text(DocumentType type, std::string_view bytes);

// The text of a document and where in it each page begins, ascending; the first at 0.
struct DocumentText {
  struct PageStart {
    std::size_t offset = 0;
    int page = 0;
  };
  std::string text;
  std::vector<PageStart> pages;

  int page_at(std::size_t offset) const;
};

// Rules on type and number of pages.
std::vector<Finding> judge_shape(DocumentType type, int page_count, const ValidationOptions& options);

// Rules on what the text says. `language`: ISO 639, "und" where it is not certain. What fits a pattern is not shown: it
// may be secret.
std::vector<Finding> judge_text(const DocumentText& text, std::string_view language, const ValidationOptions& options);

// The short name of a type, as in the option `allowed_types`: "pdf", "png", "docx", …
std::string_view short_name(DocumentType type);

}  // namespace docmill::validation
