#include "documents/text/charset.hpp"

#include <uchardet/uchardet.h>
#include <unicode/ucnv.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>

#include "documents/text_format.hpp"

namespace docmill {
namespace {

using namespace std::string_view_literals;

struct Mark {
  std::string_view bytes;
  const char* encoding;
};
constexpr Mark marks[] = {{"\xFF\xFE\0\0"sv, "UTF-32LE"},
                          {"\0\0\xFE\xFF"sv, "UTF-32BE"},
                          {"\xEF\xBB\xBF"sv, "UTF-8"},
                          {"\xFF\xFE"sv, "UTF-16LE"},
                          {"\xFE\xFF"sv, "UTF-16BE"}};

struct CloseConverter {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
};
using Converter = std::unique_ptr<UConverter, CloseConverter>;

Converter open_converter(const std::string& name) {
  UErrorCode error = U_ZERO_ERROR;
  Converter converter(ucnv_open(name.c_str(), &error));
  return U_SUCCESS(error) ? std::move(converter) : nullptr;
}

std::optional<std::string> convert(std::string_view bytes, const std::string& encoding) {
  const auto from = open_converter(encoding);
  const auto to = open_converter("UTF-8");
  if (!from || !to) return std::nullopt;
  std::string utf8;
  const char* source = bytes.data();
  const char* const source_end = source + bytes.size();
  UChar pivot[1024];
  UChar* pivot_from = pivot;
  UChar* pivot_to = pivot;
  std::string buffer(std::max<std::size_t>(4096, bytes.size() / 8), '\0');
  UErrorCode error = U_BUFFER_OVERFLOW_ERROR;
  bool is_first = true;
  while (error == U_BUFFER_OVERFLOW_ERROR) {
    char* target = buffer.data();
    error = U_ZERO_ERROR;
    ucnv_convertEx(to.get(), from.get(), &target, buffer.data() + buffer.size(), &source, source_end, pivot,
                   &pivot_from, &pivot_to, pivot + std::size(pivot), is_first ? 1 : 0, 1, &error);
    is_first = false;
    utf8.append(buffer.data(), static_cast<std::size_t>(target - buffer.data()));
  }
  if (U_FAILURE(error)) return std::nullopt;
  return utf8;
}

// Characters beyond ASCII, read as UTF-8.
struct Utf8Count {
  std::size_t right = 0;
  std::size_t wrong = 0;

  // Some damage does not make another encoding of it: elsewhere hardly anything looks like UTF-8.
  bool is_mostly_right() const { return right > 4 * wrong; }
};

Utf8Count count_utf8(std::string_view bytes) {
  Utf8Count count;
  for (std::size_t i = 0; i < bytes.size();) {
    if (static_cast<unsigned char>(bytes[i]) < 0x80) {
      ++i;
      continue;
    }
    UChar32 c = 0;
    U8_NEXT(reinterpret_cast<const std::uint8_t*>(bytes.data()), i, bytes.size(), c);
    ++(c < 0 ? count.wrong : count.right);
  }
  return count;
}

// Control characters that no text has.
std::size_t count_controls(std::string_view bytes) {
  return static_cast<std::size_t>(std::count_if(bytes.begin(), bytes.end(), [](char c) {
    return (c >= 0 && c < ' ' && (c < '\t' || c > '\r') && c != '\x1b') || c == '\x7f';
  }));
}

// Mostly NUL in every second place: UTF-16 without a mark.
std::string utf16_without_mark(std::string_view bytes) {
  const auto looked_at = std::min<std::size_t>(bytes.size(), 4096) & ~std::size_t{1};
  std::size_t even = 0;
  std::size_t odd = 0;
  for (std::size_t i = 0; i < looked_at; i += 2) {
    even += bytes[i] == '\0' ? 1U : 0U;
    odd += bytes[i + 1] == '\0' ? 1U : 0U;
  }
  if (odd * 2 > looked_at / 2 && even == 0) return "UTF-16LE";
  if (even * 2 > looked_at / 2 && odd == 0) return "UTF-16BE";
  return {};
}

// Text of mainframes (EBCDIC): its space is 0x40, its letters, which lie alike in all Latin variants, are above 0x80,
// and 0x20 is no character there. (In Shift-JIS 0x81 0x40 is a wide space.)
std::string ebcdic(std::string_view bytes) {
  bytes = bytes.substr(0, 4096);
  std::size_t spaces = 0;
  std::size_t ascii_spaces = 0;
  std::size_t letters = 0;
  char before = '\0';
  for (const char c : bytes) {
    spaces += c == '\x40' && before != '\x81' ? 1U : 0U;
    ascii_spaces += c == ' ' ? 1U : 0U;
    letters += c < 0 ? 1U : 0U;
    before = c;
  }
  const bool is_ebcdic = spaces * 12 > bytes.size() && letters * 4 > bytes.size() && ascii_spaces * 100 < bytes.size();
  return is_ebcdic ? "ibm-500" : "";
}

std::string detect(std::string_view bytes) {
  struct Delete {
    void operator()(uchardet* detector) const { uchardet_delete(detector); }
  };
  constexpr std::size_t enough = 1U << 20U;
  const std::unique_ptr<uchardet, Delete> detector(uchardet_new());
  if (uchardet_handle_data(detector.get(), bytes.data(), std::min(bytes.size(), enough)) != 0) return {};
  uchardet_data_end(detector.get());
  return uchardet_get_charset(detector.get());
}

// What was declared or guessed must not fit worse than this.
bool is_plausible(std::string_view utf8) {
  std::size_t replaced = 0;
  for (auto at = utf8.find("\uFFFD"); at != std::string_view::npos; at = utf8.find("\uFFFD", at + 3)) ++replaced;
  return replaced * 100 <= utf8.size() && count_controls(utf8) * 100 <= utf8.size();
}

// IANA's and browsers' names: what calls itself ISO-8859-1 is windows-1252 in practice, and that contains it.
std::string usual_name(std::string_view declared) {
  std::string name(declared);
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  if (lower == "iso-8859-1" || lower == "latin1" || lower == "us-ascii" || lower == "ascii") return "windows-1252";
  return name;
}

// No carriage returns, no byte order mark, no NUL.
std::string tidied(std::string utf8) {
  if (utf8.starts_with("\xEF\xBB\xBF")) utf8.erase(0, 3);
  std::string result;
  result.reserve(utf8.size());
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    if (utf8[i] == '\0') continue;
    if (utf8[i] != '\r') {
      result += utf8[i];
    } else if (i + 1 >= utf8.size() || utf8[i + 1] != '\n') {
      result += '\n';
    }
  }
  return result;
}

bool needs_tidying(std::string_view utf8) { return utf8.find_first_of("\r\0"sv) != std::string_view::npos; }

// Encodings that shift between character sets: all their bytes are ASCII.
bool has_seven_bits(const std::string& encoding) {
  std::string lower(encoding);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower.starts_with("iso-2022") || lower.starts_with("hz") || lower == "utf-7";
}

// As Japanese mails are written. Empty: as far as can be told it is none of these.
std::string seven_bit_encoding(std::string_view bytes, std::string_view declared) {
  constexpr char escape = '\x1b';
  std::string encoding(declared);
  if (!has_seven_bits(encoding) && bytes.find(escape) != std::string_view::npos) encoding = detect(bytes);
  return has_seven_bits(encoding) ? encoding : std::string();
}

}  // namespace

Result<DecodedText> decode_text(std::string_view bytes, std::string_view declared) {
  for (const auto& mark : marks) {
    if (!bytes.starts_with(mark.bytes)) continue;
    auto utf8 = convert(bytes.substr(mark.bytes.size()), mark.encoding);
    if (!utf8) break;
    return DecodedText{tidied(valid_utf8(*utf8)), mark.encoding};
  }
  for (const auto& encoding : {utf16_without_mark(bytes), ebcdic(bytes), seven_bit_encoding(bytes, declared)}) {
    if (encoding.empty()) continue;
    if (auto utf8 = convert(bytes, encoding)) return DecodedText{tidied(valid_utf8(*utf8)), encoding};
  }
  if (count_controls(bytes) * 50 > bytes.size()) {
    return fail(ErrorCode::unsupported_type, "The content is binary data, no text.");
  }
  const auto utf8_count = count_utf8(bytes);
  if (utf8_count.wrong == 0) {
    std::string utf8(bytes);
    return DecodedText{needs_tidying(utf8) ? tidied(std::move(utf8)) : std::move(utf8), "UTF-8"};
  }
  for (const auto& name : {usual_name(declared), utf8_count.is_mostly_right() ? "UTF-8" : detect(bytes)}) {
    if (name.empty()) continue;
    auto utf8 = convert(bytes, name);
    if (utf8 && is_plausible(*utf8)) return DecodedText{tidied(std::move(*utf8)), name};
  }
  return fail(ErrorCode::unreadable, "The text is in no encoding that docmill knows.");
}

}  // namespace docmill
