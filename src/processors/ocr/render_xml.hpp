// What hOCR and ALTO share: text that any XML parser accepts.
#pragma once

#include <string>
#include <string_view>

namespace docmill::ocr {

// Appends `text` so that it may stand in an element or between double quotes. Ill-formed UTF-8 becomes U+FFFD, line
// breaks and tabs a space; characters that XML 1.0 forbids are left out.
void append_xml(std::string& out, std::string_view text);

// A value of xml:lang and the like for the engine's `languages`: "eng", "chi-sim"; empty when they are several or
// have no such name.
std::string language_tag(std::string_view languages);

}  // namespace docmill::ocr
