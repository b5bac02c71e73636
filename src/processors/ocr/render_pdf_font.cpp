#include "processors/ocr/render_pdf_font.hpp"

#include <array>
#include <boost/nowide/utf/convert.hpp>
#include <qpdf/Pl_Flate.hh>
#include <qpdf/Pl_String.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QUtil.hh>

namespace docmill::ocr {
namespace {

constexpr char16_t first_free_code = 0xD800;
constexpr std::size_t free_codes = 0xE000 - 0xD800;
constexpr char16_t replacement = 0xFFFD;

// A TrueType font of two empty glyphs, hexadecimal: GlyphLessFont, pdf.ttf of Tesseract.
constexpr std::string_view font_file =
    "00010000000a0080000300204f532f3256dec8940000012800000060636d6170000a0034000001900000001e676c796615224124"
    "000001b800000018686561640b78f165000000ac00000036686865610c020402000000e400000024686d74780400000000000188"
    "000000086c6f6361000c0000000001b0000000066d6178700004000500000108000000206e616d65f2eb16da000001d00000004b"
    "706f7374000100010000021c000000200001000000010000b09471105f0f3cf50407080000000000cf9afc6e00000000d4c3a7f2"
    "0000000004000800000000100002000000000000000100000800ffff000004000000000004000001000000000000000000000000"
    "00000002000100000002000400010000000000010000000000000000000000000000000000030000019000050000000000000000"
    "000000000000000000000000000000000500010001000000000000000000000000000000000000000000474f4f47004000000000"
    "0001ffff000000010001800000000000000000000000000000010000000000000400000000000002000100000000001400030000"
    "000000140006000a000000000000000000000000000c00000001000000000400080000030000312111210400fc00080000000003"
    "002a0000000300000005001600000001000000000005000b001600030001040900050016000000560065007200730069006f006e"
    "00200031002e003056657273696f6e20312e30000001000000000000000000000000000100000000000000000000000000000000";

constexpr std::string_view to_unicode_head = R"(/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
2 beginbfrange
<0000> <D7FF> <0000>
<E000> <FFFF> <E000>
endbfrange
)";
constexpr std::string_view to_unicode_tail = R"(endcmap
CMapName currentdict /CMap defineresource pop
end
end
)";

void append_hex(std::string& out, char16_t code) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const int shift : {12, 8, 4, 0}) out += digits.at((static_cast<unsigned>(code) >> shift) & 0xFU);
}

std::string deflate(const std::string& data) {
  std::string compressed;
  Pl_String end("compressed stream", nullptr, compressed);
  Pl_Flate flate("deflate", &end, Pl_Flate::a_deflate);
  flate.writeString(data);
  flate.finish();
  return compressed;
}

}  // namespace

QPDFObjectHandle make_compressed_stream(QPDF& pdf, const std::string& data) {
  auto stream = QPDFObjectHandle::newStream(&pdf, deflate(data));
  stream.getDict().replaceKey("/Filter", QPDFObjectHandle::newName("/FlateDecode"));
  return stream;
}

PdfFont::PdfFont(QPDF& pdf) : pdf_(pdf) {
  const auto bytes = QUtil::hex_decode(std::string(font_file));
  auto file = make_compressed_stream(pdf, bytes);
  file.getDict().replaceKey("/Length1", QPDFObjectHandle::newInteger(static_cast<long long>(bytes.size())));

  auto descriptor = QPDFObjectHandle::parse(
      "<< /Type /FontDescriptor /FontName /GlyphLessFont /Flags 5 /FontBBox [0 0 500 1000] /ItalicAngle 0 /Ascent 1000 "
      "/Descent -1 /CapHeight 1000 /StemV 80 >>");
  descriptor.replaceKey("/FontFile2", pdf.makeIndirectObject(file));

  // Every code is drawn with glyph 1.
  std::string glyphs;
  for (int code = 0; code <= 0xFFFF; ++code) glyphs.append("\0\1", 2);
  auto descendant = QPDFObjectHandle::parse(
      "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /GlyphLessFont /DW 500 "
      "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>");
  descendant.replaceKey("/CIDToGIDMap", pdf.makeIndirectObject(make_compressed_stream(pdf, glyphs)));
  descendant.replaceKey("/FontDescriptor", pdf.makeIndirectObject(descriptor));

  font_ = pdf.makeIndirectObject(
      QPDFObjectHandle::parse("<< /Type /Font /Subtype /Type0 /BaseFont /GlyphLessFont /Encoding /Identity-H >>"));
  auto descendants = QPDFObjectHandle::newArray();
  descendants.appendItem(pdf.makeIndirectObject(descendant));
  font_.replaceKey("/DescendantFonts", descendants);
}

int PdfFont::encode(std::string_view text, std::string& hex) {
  const auto characters = boost::nowide::utf::convert_string<char32_t>(text.data(), text.data() + text.size());
  int count = 0;
  for (const char32_t character : characters) {
    if (character < U' ') continue;
    append_hex(hex, code_of(character));
    ++count;
  }
  return count;
}

char16_t PdfFont::code_of(char32_t character) {
  if (character <= 0xFFFF) return static_cast<char16_t>(character);
  const auto known = beyond_basic_plane_.find(character);
  if (known != beyond_basic_plane_.end()) return known->second;
  if (beyond_basic_plane_.size() == free_codes) return replacement;
  const auto code = static_cast<char16_t>(first_free_code + beyond_basic_plane_.size());
  beyond_basic_plane_.emplace(character, code);
  return code;
}

void PdfFont::finish() {
  std::string map(to_unicode_head);
  for (const auto& [character, code] : beyond_basic_plane_) {
    map += "1 beginbfchar\n<";
    append_hex(map, code);
    map += "> <";
    for (const char16_t unit : boost::nowide::utf::convert_string<char16_t>(&character, &character + 1)) {
      append_hex(map, unit);
    }
    map += ">\nendbfchar\n";
  }
  map += to_unicode_tail;
  font_.replaceKey("/ToUnicode", pdf_.makeIndirectObject(make_compressed_stream(pdf_, map)));
}

}  // namespace docmill::ocr
