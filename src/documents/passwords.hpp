// Passwords as PDFs want them.
#pragma once

#include <string>
#include <vector>

namespace docmill {

// What to try where `given` (UTF-8) does not open a PDF: the encodings that passwords had before PDF 2.0, and none at
// all, because one password is given for many documents, of which some need none. Empty where `given` is.
std::vector<std::string> other_passwords(const std::string& given);

}  // namespace docmill
