#include "processors/html_page.hpp"

#include <leptonica/allheaders.h>
#include <openssl/evp.h>

#include "documents/text_format.hpp"
#include "processors/pdf_encode.hpp"
#include "processors/pix.hpp"

namespace docmill {
namespace {

std::string base64(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // OpenSSL ends it with a zero
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

}  // namespace

std::string html_text(std::string_view text) {
  std::string out;
  for (const char c : valid_utf8(text)) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string html_picture(const Image& image, int most_width) {
  auto small = gray_of(image);
  if (small.width() > most_width) {
    const auto scale = static_cast<float>(most_width) / static_cast<float>(small.width());
    small = owned(pixScaleAreaMap(small.pix(), scale, scale));
  }
  const auto encoded = encode_scan(small);
  if (!encoded) return {};
  return "<img src=\"data:image/jpeg;base64," + base64(encoded->data) + "\" alt=\"\">";
}

}  // namespace docmill
