#include "processors/preprocessing/steps_page.hpp"

#include <leptonica/allheaders.h>
#include <openssl/evp.h>

#include <algorithm>

#include "documents/text_format.hpp"
#include "processors/pdf_encode.hpp"
#include "processors/pix.hpp"

namespace docmill::preprocessing {
namespace {

constexpr int shown_width = 700;  // pixels

std::string base64(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // OpenSSL ends it with a zero
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::string picture(std::string_view title, const Image& image) {
  auto small = gray_of(image);
  if (small.width() > shown_width) {
    const auto scale = static_cast<float>(shown_width) / static_cast<float>(small.width());
    small = owned(pixScaleAreaMap(small.pix(), scale, scale));
  }
  const auto encoded = encode_scan(small);
  if (!encoded) return {};
  return "<figure><figcaption>" + std::string(title) + ", " + std::to_string(image.width()) + " × " +
         std::to_string(image.height()) + "</figcaption><img src=\"data:image/jpeg;base64," + base64(encoded->data) +
         "\" alt=\"\"></figure>";
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : valid_utf8(text)) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '&') {
      out += "&amp;";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::string step_pictures(int page, Step step, const Image& before, const Image& after) {
  return "<section><h2>Page " + std::to_string(page) + ": " + name_of(step) + "</h2>" + picture("before", before) +
         picture("after", after) + "</section>\n";
}

std::string steps_page_begin(std::string_view document) {
  const auto name = escaped(document);
  return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + name +
         "</title><style>body{font-family:sans-serif;margin:2em;background:#eee}section{display:flex;flex-wrap:wrap;"
         "gap:1em}h2{flex:0 0 100%;margin:1em 0 0}figure{margin:0}img{max-width:100%;border:1px solid #999}</style>"
         "</head><body><h1>" +
         name + "</h1>\n";
}

std::string_view steps_page_end() { return "</body></html>\n"; }

}  // namespace docmill::preprocessing
