#include "processors/pdf_encode.hpp"

#include <leptonica/allheaders.h>

#include <bit>

#include "documents/byte_reader.hpp"
#include "documents/image.hpp"
#include "documents/image_file.hpp"
#include "documents/limits.hpp"

namespace docmill {
namespace {

// Bytes that leptonica has allocated.
class LeptonicaBytes {
 public:
  LeptonicaBytes() = default;
  LeptonicaBytes(const LeptonicaBytes&) = delete;
  LeptonicaBytes& operator=(const LeptonicaBytes&) = delete;
  ~LeptonicaBytes() { lept_free(data); }

  std::string_view view() const { return {reinterpret_cast<const char*>(data), size}; }

  l_uint8* data = nullptr;
  std::size_t size = 0;
};

std::string dictionary_of(std::string_view filter, std::string_view color_space, int bits) {
  auto dictionary = "/Filter /" + std::string(filter);
  if (!color_space.empty()) dictionary.append(" /ColorSpace ").append(color_space);
  if (bits > 0) dictionary += " /BitsPerComponent " + std::to_string(bits);
  return dictionary;
}

// Adobe's JPEGs with four colours are inverted, and say so by a segment of their own before the pixels.
bool has_adobe_segment(std::string_view jpeg) {
  const ByteReader reader(jpeg, std::endian::big);
  std::uint64_t offset = 2;
  for (;;) {
    const auto marker = reader.number(offset, 2);
    const auto length = reader.number(offset + 2, 2);
    if (!marker || !length || *marker < 0xFF00 || *marker == 0xFFDA) return false;
    if (*marker == 0xFFEE && jpeg.substr(offset + 4, 5) == "Adobe") return true;
    offset += 2 + *length;
  }
}

std::optional<EncodedImage> embed_jpeg(std::string_view bytes) {
  const auto header = read_image_header(DocumentType::jpeg, bytes, 0);
  if (!header) return std::nullopt;
  EncodedImage image{.width = header->width, .height = header->height, .orientation = exif_orientation(bytes)};
  const auto* color_space = header->samples == 1 ? "/DeviceGray" : header->samples == 3 ? "/DeviceRGB" : "/DeviceCMYK";
  image.dictionary = dictionary_of("DCTDecode", color_space, 8);
  if (header->samples == 4 && has_adobe_segment(bytes)) image.dictionary += " /Decode [1 0 1 0 1 0 1 0]";
  image.view = bytes;
  return image;
}

// Only files in the JP2 format carry their colour space with them; a bare codestream is decoded.
std::optional<EncodedImage> embed_jpeg2000(std::string_view bytes) {
  constexpr std::string_view signature("\0\0\0\x0CjP  ", 8);
  const auto header = read_image_header(DocumentType::jpeg2000, bytes, 0);
  if (!header || bytes.substr(0, signature.size()) != signature) return std::nullopt;
  EncodedImage image{.width = header->width, .height = header->height};
  image.dictionary = dictionary_of("JPXDecode", "", 0);
  image.view = bytes;
  return image;
}

struct PngHeader {
  int width = 0;
  int height = 0;
  int bits = 0;
  int color_type = 0;  // 0 gray, 2 RGB, 3 palette; 4 and 6 with transparency
  bool is_interlaced = false;
};

std::optional<PngHeader> read_png_header(const ByteReader& reader) {
  const auto width = reader.number(16, 4);
  const auto height = reader.number(20, 4);
  const auto bits = reader.number(24, 1);
  const auto color_type = reader.number(25, 1);
  const auto interlacing = reader.number(28, 1);
  if (!interlacing || *width == 0 || *width > 0x7FFFFFFF || *height == 0 || *height > 0x7FFFFFFF) return std::nullopt;
  return PngHeader{.width = static_cast<int>(*width),
                   .height = static_cast<int>(*height),
                   .bits = static_cast<int>(*bits),
                   .color_type = static_cast<int>(*color_type),
                   .is_interlaced = *interlacing != 0};
}

std::string png_color_space(const PngHeader& header, std::string_view palette) {
  if (header.color_type == 0) return "/DeviceGray";
  if (header.color_type == 2) return "/DeviceRGB";
  constexpr std::string_view digits = "0123456789ABCDEF";
  auto space = "[/Indexed /DeviceRGB " + std::to_string(palette.size() / 3 - 1) + " <";
  for (const char c : palette) {
    space += digits[static_cast<unsigned char>(c) >> 4U];
    space += digits[static_cast<unsigned char>(c) & 0xFU];
  }
  return space + ">]";
}

// The compressed pixels of a PNG are just what PDF calls deflated with predictor 15; nullopt for the PNGs of which this
// is not true: interlaced, transparent, or cut off.
std::optional<EncodedImage> embed_png(std::string_view png) {
  const ByteReader reader(png, std::endian::big);
  const auto header = read_png_header(reader);
  if (!header || header->is_interlaced || header->color_type > 3) return std::nullopt;
  std::string_view palette;
  EncodedImage image{.width = header->width, .height = header->height};
  for (std::uint64_t offset = 8;;) {
    const auto length = reader.number(offset, 4);
    if (!length || offset + 12 + *length > png.size()) return std::nullopt;
    const auto name = png.substr(offset + 4, 4);
    const auto content = png.substr(offset + 8, *length);
    if (name == "tRNS") return std::nullopt;
    if (name == "PLTE") palette = content;
    if (name == "IDAT") image.data += content;
    if (name == "IEND") break;
    offset += 12 + *length;
  }
  if (image.data.empty() || (header->color_type == 3 && palette.size() < 3)) return std::nullopt;
  image.dictionary = dictionary_of("FlateDecode", png_color_space(*header, palette), header->bits);
  image.dictionary += " /DecodeParms << /Predictor 15 /Colors " + std::to_string(header->color_type == 2 ? 3 : 1) +
                      " /BitsPerComponent " + std::to_string(header->bits) + " /Columns " +
                      std::to_string(header->width) + " >>";
  return image;
}

// The G4 data of a TIFF that leptonica has just written in memory: little-endian, one directory, one strip.
std::optional<EncodedImage> encode_g4(Pix* pix) {
  LeptonicaBytes tiff;
  if (pixWriteMemTiff(&tiff.data, &tiff.size, pix, IFF_TIFF_G4) != 0) return std::nullopt;
  const ByteReader reader(tiff.view(), std::endian::little);
  const auto directory = reader.number(4, 4);
  const auto entries = directory ? reader.number(*directory, 2) : std::nullopt;
  std::optional<std::uint64_t> offset;
  std::optional<std::uint64_t> size;
  for (std::uint64_t i = 0; entries && i < *entries; ++i) {
    const auto entry = *directory + 2 + 12 * i;
    const auto tag = reader.number(entry, 2);
    if (tag == 0x111) offset = reader.number(entry + 8, 4);
    if (tag == 0x117) size = reader.number(entry + 8, 4);
  }
  if (!offset || !size || *size == 0 || *offset + *size > tiff.size) return std::nullopt;
  EncodedImage image{.width = pixGetWidth(pix), .height = pixGetHeight(pix)};
  image.dictionary = dictionary_of("CCITTFaxDecode", "/DeviceGray", 1) + " /DecodeParms << /K -1 /Columns " +
                     std::to_string(image.width) + " /Rows " + std::to_string(image.height) + " >>";
  image.data = tiff.view().substr(*offset, *size);
  return image;
}

std::optional<EncodedImage> encode_deflated(Pix* pix) {
  LeptonicaBytes png;
  if (pixWriteMemPng(&png.data, &png.size, pix, 0) != 0) return std::nullopt;
  return embed_png(png.view());
}

Pix* decode(const ImageSource& source, int number) {
  const auto header = read_image_header(source.type, source.bytes, number - 1);
  if (!header) return nullptr;
  const auto width = static_cast<std::uint64_t>(header->width);
  const auto height = static_cast<std::uint64_t>(header->height);
  if (!check_pixels(width, height, source.max_pixels)) return nullptr;
  const auto* data = reinterpret_cast<const l_uint8*>(source.bytes.data());
  if (source.type == DocumentType::tiff) return pixReadMemTiff(data, source.bytes.size(), number - 1);
  return pixReadMem(data, source.bytes.size());
}

// On white, as the page is recognised.
Image without_transparency(Image image) {
  constexpr l_uint32 white = 0xFFFFFF00;
  int is_opaque = 1;
  if (auto* map = pixGetColormap(image.pix())) pixcmapIsOpaque(map, &is_opaque);
  if (!is_opaque) image = Image(pixRemoveColormap(image.pix(), REMOVE_CMAP_WITH_ALPHA));
  if (image && image.depth() == 32 && pixGetSpp(image.pix()) == 4) {
    image = Image(pixAlphaBlendUniform(image.pix(), white));
  }
  return image;
}

std::optional<EncodedImage> encode_pixels(const ImageSource& source, int number) {
  Image image(decode(source, number));
  if (!image) return std::nullopt;
  const double dpi = image.dpi();
  image = without_transparency(std::move(image));
  if (!image) return std::nullopt;
  const bool is_black_and_white = image.depth() == 1 && pixGetColormap(image.pix()) == nullptr;
  auto encoded = is_black_and_white ? encode_g4(image.pix()) : encode_deflated(image.pix());
  if (encoded) encoded->dpi = dpi;
  return encoded;
}

}  // namespace

std::optional<EncodedImage> encode_scan(const Image& image) {
  constexpr int quality = 85;
  constexpr int baseline = 0;
  if (image.depth() == 1) {
    auto encoded = encode_g4(image.pix());
    if (encoded) encoded->dpi = image.dpi();
    return encoded;
  }
  LeptonicaBytes jpeg;
  if (pixWriteMemJpeg(&jpeg.data, &jpeg.size, image.pix(), quality, baseline) != 0) return std::nullopt;
  EncodedImage encoded{.width = image.width(), .height = image.height(), .dpi = static_cast<double>(image.dpi())};
  encoded.dictionary = dictionary_of("DCTDecode", "/DeviceGray", 8);
  encoded.data = jpeg.view();
  return encoded;
}

std::optional<EncodedImage> encode_for_pdf(const ImageSource& source, int number) {
  std::optional<EncodedImage> image;
  if (source.type == DocumentType::jpeg) image = embed_jpeg(source.bytes);
  if (source.type == DocumentType::jpeg2000) image = embed_jpeg2000(source.bytes);
  if (source.type == DocumentType::png) image = embed_png(source.bytes);
  return image ? image : encode_pixels(source, number);
}

}  // namespace docmill
