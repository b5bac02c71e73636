// From bytes in whatever encoding to UTF-8.
#pragma once

#include <string>
#include <string_view>

#include "core/result.hpp"

namespace docmill {

struct DecodedText {
  std::string utf8;      // valid, without byte order mark; lines end in \n
  std::string encoding;  // as IANA calls it: "UTF-8", "windows-1252"
};

// By byte order mark; else as UTF-8 if it is that; else as `declared` if that is known and fits; else as uchardet
// guesses. A sequence that means nothing in its encoding becomes U+FFFD.
//   unsupported_type: no text at all · unreadable: text in no encoding that is known
Result<DecodedText> decode_text(std::string_view bytes, std::string_view declared = {});

}  // namespace docmill
