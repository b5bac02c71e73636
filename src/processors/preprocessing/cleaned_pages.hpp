// The cleaned pages of a document on their way from the worker to the outputs: encoded, a page or two per page of the
// document.
#pragma once

#include <string>
#include <vector>

#include "processors/page_work.hpp"
#include "processors/pdf_encode.hpp"

namespace docmill::preprocessing {

// Leaves the sheets in the result of their page, black and white ones as CCITT G4, gray ones as JPEG.
//   internal: they cannot be encoded
Status put_cleaned(const Sheets& sheets, PageResult& page);

// What put_cleaned left, in the order of reading; none if it left nothing. Owns its data.
//   unreadable: not what put_cleaned writes
Result<std::vector<EncodedImage>> cleaned_of(const PageResult& page);

// The data of these images, one after the other, from where they are stored. What StoredFiles::read returns.
Result<std::string> stored_cleaned(StoredFiles& files);

}  // namespace docmill::preprocessing
