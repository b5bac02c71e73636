// PdfFont: the one font of a document's invisible text. It draws nothing, every glyph is half an em wide, and a
// ToUnicode map says what each code means: any script can be selected, searched and copied without a font for it. The
// method and the font file are those of Tesseract's own PDF output (Apache-2.0), which every viewer knows by now.
//
// Codes are two bytes: a character of the basic plane is its own code; others get codes of the surrogates' range, which
// no character uses, as they come (2,048 different ones in a document; after that U+FFFD).
#pragma once

#include <map>
#include <qpdf/QPDFObjectHandle.hh>
#include <string>
#include <string_view>

class QPDF;

namespace docmill::ocr {

class PdfFont {
 public:
  static constexpr double em_per_code = 0.5;  // width of every glyph

  // Adds the font to `pdf`, which must outlive this. Throws what qpdf throws, as all of this class.
  explicit PdfFont(QPDF& pdf);

  QPDFObjectHandle object() const { return font_; }

  // Appends the codes of `text` as hexadecimal digits and returns how many they are.
  int encode(std::string_view text, std::string& hex);

  // Writes the meaning of the codes that were given out. Last.
  void finish();

 private:
  char16_t code_of(char32_t character);

  QPDF& pdf_;
  QPDFObjectHandle font_;
  std::map<char32_t, char16_t> beyond_basic_plane_;
};

// `data` compressed, as a stream of `pdf` with /FlateDecode: small while it waits to be written.
QPDFObjectHandle make_compressed_stream(QPDF& pdf, const std::string& data);

}  // namespace docmill::ocr
