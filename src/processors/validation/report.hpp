// The result of the stage: for programs as JSON, for people as an HTML page that needs nothing beside it.
#pragma once

#include <map>
#include <string>

#include "processors/validation/findings.hpp"

namespace docmill::validation {

struct Report {
  std::string document;    // its name
  std::string media_type;  // empty: not known, as it could not be opened
  int page_count = 0;
  std::size_t pages_looked_at = 0;
  std::size_t blank_pages = 0;
  std::size_t pages_with_text = 0;
  std::string language = "und";  // ISO 639
  std::string sha256;            // of the file
  std::string signature;         // of the text (core/minhash.hpp), hexadecimal; empty: no words
  Judgement judgement;
  std::map<int, std::string> pictures;  // by page: an <img>
};

// The artifact validation.json (docs/reference/validation.schema.json).
std::string report_json(const Report& report, const ValidationOptions& options);

// The member `validation` of the record: the same, with counts and the worst in the place of all findings.
std::string record_json(const Report& report, const ValidationOptions& options);

// The artifact validation.html.
std::string report_html(const Report& report, const ValidationOptions& options);

}  // namespace docmill::validation
