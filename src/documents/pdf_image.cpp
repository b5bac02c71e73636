#include "documents/pdf_image.hpp"

#include <leptonica/allheaders.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <exception>
#include <qpdf/Buffer.hh>
#include <string>
#include <string_view>
#include <vector>

#include "documents/fax_tiff.hpp"
#include "documents/image_file.hpp"

namespace docmill {
namespace {

// What an image dictionary says, as far as we take pixels out by ourselves.
struct Description {
  int width = 0;
  int height = 0;
  int bits = 0;        // a component; 0: the encoding says
  int components = 0;  // 1 gray, 3 RGB; 0: the encoding says
  bool inverted = false;
  std::vector<unsigned char> palette;  // of an indexed image, gray
  std::string filter;                  // "" none, "*" several
  QPDFObjectHandle parameters;         // of the filter
};

int integer(QPDFObjectHandle dict, const char* key, int otherwise) {
  auto value = dict.getKeyIfDict(key);
  return value.isInteger() ? value.getIntValueAsInt() : otherwise;
}

bool flag(QPDFObjectHandle dict, const char* key, bool otherwise) {
  auto value = dict.getKeyIfDict(key);
  return value.isBool() ? value.getBoolValue() : otherwise;
}

bool has(QPDFObjectHandle dict, const char* key) { return !dict.getKeyIfDict(key).isNull(); }

// 1 gray, 3 RGB, 0 anything else. Calibrated spaces are taken as plain ones: for recognition they are the same.
int components_of(QPDFObjectHandle space) {
  const auto named = [](const std::string& name) {
    if (name == "/DeviceGray" || name == "/CalGray" || name == "/G") return 1;
    return name == "/DeviceRGB" || name == "/CalRGB" || name == "/RGB" ? 3 : 0;
  };
  if (space.isName()) return named(space.getName());
  if (!space.isArray() || space.getArrayNItems() < 1 || !space.getArrayItem(0).isName()) return 0;
  const auto kind = space.getArrayItem(0).getName();
  if (kind != "/ICCBased") return named(kind);
  if (space.getArrayNItems() < 2 || !space.getArrayItem(1).isStream()) return 0;
  const int count = integer(space.getArrayItem(1).getDict(), "/N", 0);
  return count == 1 || count == 3 ? count : 0;
}

unsigned char luminance(unsigned char red, unsigned char green, unsigned char blue) {
  return static_cast<unsigned char>((red * 299 + green * 587 + blue * 114 + 500) / 1000);
}

// The gray values of [/Indexed base highest table]; empty: a base that we do not know.
std::vector<unsigned char> palette_of(QPDFObjectHandle space) {
  if (!space.isArray() || space.getArrayNItems() != 4) return {};
  auto table = space.getArrayItem(3);
  std::string values;
  if (table.isString()) {
    values = table.getStringValue();
  } else if (table.isStream()) {
    const auto buffer = table.getStreamData();
    values.assign(reinterpret_cast<const char*>(buffer->getBuffer()), buffer->getSize());
  }
  const auto components = static_cast<std::size_t>(components_of(space.getArrayItem(1)));
  if (components == 0) return {};
  std::vector<unsigned char> palette;
  for (std::size_t i = 0; i + components <= values.size() && palette.size() < 256; i += components) {
    const auto value = [&](std::size_t k) { return static_cast<unsigned char>(values.at(i + k)); };
    palette.push_back(components == 1 ? value(0) : luminance(value(0), value(1), value(2)));
  }
  return palette;
}

bool is_indexed(QPDFObjectHandle space) {
  return space.isArray() && space.getArrayNItems() > 0 && space.getArrayItem(0).isNameAndEquals("/Indexed");
}

// [0 1 …] is the identity, [1 0] inverts a gray image. Anything else: false.
bool read_decode(QPDFObjectHandle decode, Description& description) {
  if (decode.isNull()) return true;
  if (!decode.isArray() || !description.palette.empty()) return false;
  const auto values = decode.getArrayAsVector();
  for (std::size_t i = 0; i < values.size(); ++i) {
    auto value = values.at(i);
    if (!value.isNumber()) return false;
    const bool odd = i % 2 == 1;
    if (i == 0) description.inverted = value.getNumericValue() == 1;
    if (value.getNumericValue() != (odd != description.inverted ? 1 : 0)) return false;
  }
  return !description.inverted || values.size() == 2;
}

// `black`: a stencil paints in black, so that it is as good as an image of black and white.
std::optional<Description> describe(QPDFObjectHandle dict, bool black) {
  Description result;
  result.width = integer(dict, "/Width", 0);
  result.height = integer(dict, "/Height", 0);
  result.bits = integer(dict, "/BitsPerComponent", 0);
  if (result.width <= 0 || result.height <= 0) return std::nullopt;
  for (const char* key : {"/SMask", "/Mask", "/SMaskInData", "/Alternates"}) {
    if (dict.hasKey(key) && !(dict.getKey(key).isInteger() && integer(dict, key, 0) == 0)) return std::nullopt;
  }
  auto space = dict.getKey("/ColorSpace");
  if (flag(dict, "/ImageMask", false)) {
    if (!black) return std::nullopt;
    result.bits = 1;
    result.components = 1;
  } else if (is_indexed(space)) {
    result.palette = palette_of(space);
    result.components = 1;
    if (result.palette.empty()) return std::nullopt;
  } else {
    result.components = components_of(space);
    if (result.components == 0 && !space.isNull()) return std::nullopt;
  }
  if (!read_decode(dict.getKey("/Decode"), result)) return std::nullopt;

  auto filter = dict.getKey("/Filter");
  result.parameters = dict.getKey("/DecodeParms");
  if (filter.isArray()) {
    if (filter.getArrayNItems() > 1) result.filter = "*";
    if (filter.getArrayNItems() == 1) {
      filter = filter.getArrayItem(0);
      if (result.parameters.isArray()) result.parameters = result.parameters.getArrayItem(0);
    }
  }
  if (filter.isName()) result.filter = filter.getName();
  return result;
}

std::string_view view(Buffer& buffer) { return {reinterpret_cast<const char*>(buffer.getBuffer()), buffer.getSize()}; }

Result<std::optional<DecodedImage>> decode_file(DocumentType type, std::string_view bytes,
                                                const Description& description) {
  const auto header = read_image_header(type, bytes, 0);
  if (!header) return header.error();
  if (header->width != description.width || header->height != description.height) return std::nullopt;
  if (header->samples != 1 && header->samples != 3) return std::nullopt;
  if (description.components != 0 && header->samples != description.components) return std::nullopt;
  if (description.inverted || !description.palette.empty()) return std::nullopt;
  DOCMILL_TRY(decoded, decode_image(type, bytes, 0, Orientation::as_stored));
  const auto& image = decoded.image;
  if (image.width() != description.width || image.height() != description.height) return std::nullopt;
  return std::optional(std::move(decoded));
}

Result<std::optional<DecodedImage>> decode_fax(std::string_view bytes, const Description& description) {
  const auto& parameters = description.parameters;
  if (bytes.empty()) return damaged_image("it has no data");
  if (flag(parameters, "/EncodedByteAlign", false) || !description.palette.empty()) return std::nullopt;
  constexpr int default_columns = 1728;
  if (integer(parameters, "/Columns", default_columns) != description.width) return std::nullopt;
  FaxImage fax;
  fax.width = static_cast<std::uint32_t>(description.width);
  fax.height = static_cast<std::uint32_t>(description.height);
  fax.k = integer(parameters, "/K", 0);
  fax.inverted = flag(parameters, "/BlackIs1", false) != description.inverted;
  DOCMILL_TRY(image, decode_image(DocumentType::tiff, wrap_fax(bytes, fax), 0, Orientation::as_stored));
  return std::optional(std::move(image));
}

// One row of samples to gray bytes in memory order.
void unpack_row(const unsigned char* row, unsigned char* gray, const Description& description) {
  const auto bits = static_cast<unsigned>(description.bits);
  const unsigned highest = (1u << bits) - 1;
  for (unsigned x = 0; x < static_cast<unsigned>(description.width); ++x) {
    if (description.components == 3) {
      gray[x] = luminance(row[3 * x], row[3 * x + 1], row[3 * x + 2]);
      continue;
    }
    const unsigned at = x * bits;
    const unsigned value = static_cast<unsigned>(row[at / 8]) >> (8 - bits - at % 8) & highest;
    if (!description.palette.empty()) {
      gray[x] = value < description.palette.size() ? description.palette[value] : 0;
    } else {
      gray[x] = static_cast<unsigned char>((description.inverted ? highest - value : value) * 255 / highest);
    }
  }
}

// Whether one bit a pixel is all there is to it: black and white.
bool is_bilevel(const Description& description) {
  if (description.bits != 1 || description.components != 1) return false;
  const auto& palette = description.palette;
  return palette.empty() || (palette.size() == 2 && palette[0] + palette[1] == 255 && palette[0] % 255 == 0);
}

// A margin is no loss.
std::string missing_rows(std::size_t rows, std::size_t height) {
  constexpr double told = 0.01;
  const auto missing = height - rows;
  if (static_cast<double>(missing) <= told * static_cast<double>(height)) return {};
  return "its data end after " + std::to_string(rows) + " of " + std::to_string(height) + " rows";
}

Result<std::optional<DecodedImage>> from_samples(std::string_view bytes, const Description& description) {
  const bool whole_bytes = description.bits == 8;
  const bool packed = description.bits == 1 || description.bits == 2 || description.bits == 4;
  if (!whole_bytes && !(packed && description.components == 1)) return std::nullopt;
  if (description.components == 0) return std::nullopt;
  const auto row_bits = static_cast<std::size_t>(description.width) * static_cast<std::size_t>(description.bits) *
                        static_cast<std::size_t>(description.components);
  const auto row_bytes = (row_bits + 7) / 8;
  const auto height = static_cast<std::size_t>(description.height);
  const auto rows = std::min(bytes.size() / row_bytes, height);
  if (rows == 0) return damaged_image("it has no data");

  const bool bilevel = is_bilevel(description);
  Image image(pixCreate(description.width, description.height, bilevel ? 1 : 8));
  if (!image) return std::nullopt;
  // In PDF 1 is white, in leptonica black.
  const bool is_negative =
      bilevel && (description.palette.empty() ? !description.inverted : description.palette[1] == 255);
  const auto* row = reinterpret_cast<const unsigned char*>(bytes.data());
  auto* line = reinterpret_cast<unsigned char*>(pixGetData(image.pix()));
  const auto line_bytes = 4 * static_cast<std::size_t>(pixGetWpl(image.pix()));
  for (std::size_t y = 0; y < height; ++y, row += row_bytes, line += line_bytes) {
    if (y >= rows) {
      std::memset(line, bilevel && !is_negative ? 0 : 0xff, line_bytes);  // white
    } else if (bilevel) {
      std::memcpy(line, row, row_bytes);
    } else {
      unpack_row(row, line, description);
    }
  }
  pixEndianByteSwap(image.pix());  // leptonica keeps pixels in words, most significant first
  if (is_negative) pixInvert(image.pix(), image.pix());
  if (bilevel) pixSetPadBits(image.pix(), 0);
  return DecodedImage{std::move(image), missing_rows(rows, height)};
}

}  // namespace

Result<std::optional<DecodedImage>> extract_image(const PlacedImage& placed) {
  try {
    auto stream = placed.stream;
    const auto description = describe(stream.getDict(), placed.black);
    if (!description || description->filter == "*" || description->filter == "/JBIG2Decode") return std::nullopt;
    if (description->filter == "/DCTDecode") {
      if (has(description->parameters, "/ColorTransform")) return std::nullopt;
      const auto data = stream.getRawStreamData();
      return decode_file(DocumentType::jpeg, view(*data), *description);
    }
    const bool encoded = description->filter == "/JPXDecode" || description->filter == "/CCITTFaxDecode";
    const auto data = encoded ? stream.getRawStreamData() : stream.getStreamData(qpdf_dl_specialized);
    if (description->filter == "/JPXDecode") return decode_file(DocumentType::jpeg2000, view(*data), *description);
    if (description->filter == "/CCITTFaxDecode") return decode_fax(view(*data), *description);
    return from_samples(view(*data), *description);
  } catch (const std::exception& problem) {
    return damaged_image(problem.what());
  }
}

}  // namespace docmill
