#include "documents/sniff.hpp"

#include <magic.h>

#include <algorithm>
#include <array>
#include <memory>

#include "documents/document.hpp"

namespace docmill {
namespace {

using namespace std::string_view_literals;

struct Signature {
  DocumentType type;
  std::size_t offset;
  std::string_view bytes;
};

constexpr std::array signatures{
    Signature{DocumentType::png, 0, "\x89PNG\r\n\x1a\n"sv},
    Signature{DocumentType::jpeg, 0, "\xff\xd8\xff"sv},
    Signature{DocumentType::tiff, 0, "II*\0"sv},
    Signature{DocumentType::tiff, 0, "MM\0*"sv},
    Signature{DocumentType::tiff, 0, "II+\0"sv},  // BigTIFF
    Signature{DocumentType::tiff, 0, "MM\0+"sv},
    Signature{DocumentType::jpeg2000, 0, "\0\0\0\x0cjP  \r\n\x87\n"sv},
    Signature{DocumentType::jpeg2000, 0, "\xff\x4f\xff\x51"sv},
};

bool is_webp(std::string_view bytes) { return bytes.starts_with("RIFF") && bytes.substr(0, 12).ends_with("WEBP"); }

// "BM" alone begins many a text; the size of the header behind it has few values.
bool is_bmp(std::string_view bytes) {
  if (!bytes.starts_with("BM") || bytes.size() < 18) return false;
  const auto header_size = static_cast<unsigned char>(bytes[14]);
  constexpr std::array<unsigned char, 7> known{12, 40, 52, 56, 64, 108, 124};
  return bytes.substr(15, 3) == "\0\0\0"sv && std::find(known.begin(), known.end(), header_size) != known.end();
}

bool is_pnm(std::string_view bytes) {
  return bytes.size() > 3 && bytes[0] == 'P' && bytes[1] >= '1' && bytes[1] <= '7' &&
         (bytes[2] == '\n' || bytes[2] == ' ' || bytes[2] == '\r' || bytes[2] == '\t');
}

// Acrobat, and therefore the world, takes a header anywhere in the first 1024 bytes. At the very beginning a damaged
// version behind it is no reason to doubt.
bool is_pdf(std::string_view bytes) {
  return bytes.starts_with("%PDF") || bytes.substr(0, 1024).find("%PDF-") != std::string_view::npos;
}

}  // namespace

std::optional<DocumentType> sniff(std::string_view first_bytes) {
  for (const auto& signature : signatures) {
    if (first_bytes.substr(std::min(signature.offset, first_bytes.size())).starts_with(signature.bytes)) {
      return signature.type;
    }
  }
  if (is_webp(first_bytes)) return DocumentType::webp;
  if (is_bmp(first_bytes)) return DocumentType::bmp;
  if (is_pnm(first_bytes)) return DocumentType::pnm;
  if (is_pdf(first_bytes)) return DocumentType::pdf;
  return std::nullopt;
}

std::string_view media_type(DocumentType type) {
  switch (type) {
    case DocumentType::pdf:
      return "application/pdf";
    case DocumentType::png:
      return "image/png";
    case DocumentType::jpeg:
      return "image/jpeg";
    case DocumentType::tiff:
      return "image/tiff";
    case DocumentType::webp:
      return "image/webp";
    case DocumentType::jpeg2000:
      return "image/jp2";
    case DocumentType::bmp:
      return "image/bmp";
    case DocumentType::pnm:
      return "image/x-portable-anymap";
    case DocumentType::text:
      return "text/plain";
    case DocumentType::markdown:
      return "text/markdown";
    case DocumentType::html:
      return "text/html";
    case DocumentType::docx:
      return "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    case DocumentType::odt:
      return "application/vnd.oasis.opendocument.text";
    case DocumentType::pptx:
      return "application/vnd.openxmlformats-officedocument.presentationml.presentation";
    case DocumentType::xlsx:
      return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    case DocumentType::mail:
      return "message/rfc822";
  }
  DOCMILL_ASSERT(!"every type has a media type");
}

std::string describe_content(std::string_view bytes) {
  struct Close {
    void operator()(magic_set* cookie) const { magic_close(cookie); }
  };
  static const std::unique_ptr<magic_set, Close> magic = [] {
    std::unique_ptr<magic_set, Close> cookie(magic_open(MAGIC_NO_CHECK_COMPRESS));
    if (cookie && magic_load(cookie.get(), nullptr) != 0) cookie.reset();
    return cookie;
  }();
  if (!magic) return {};
  constexpr std::size_t enough = 1 << 16;  // libmagic decides by the beginning; a huge file need not be paged in
  const char* words = magic_buffer(magic.get(), bytes.data(), std::min(bytes.size(), enough));
  return words ? printable(words) : std::string{};
}

std::string printable(std::string_view text) {
  constexpr std::size_t longest = 200;
  std::string result(text.substr(0, longest));
  for (char& c : result) {
    if (c == '\n' || c == '\t') c = ' ';
    if (c < ' ' || c > '~') c = '?';
  }
  while (!result.empty() && (result.back() == '.' || result.back() == ' ')) result.pop_back();
  return result;
}

}  // namespace docmill
