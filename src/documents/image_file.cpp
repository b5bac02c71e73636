#include "documents/image_file.hpp"

#include <leptonica/allheaders.h>

#include <algorithm>
#include <array>
#include <bit>
#include <string>
#include <utility>

#include "documents/byte_reader.hpp"
#include "documents/jpeg_file.hpp"
#include "documents/sniff.hpp"
#include "documents/tiff_messages.hpp"

namespace docmill {
namespace {

const l_uint8* data_of(std::string_view bytes) { return reinterpret_cast<const l_uint8*>(bytes.data()); }

Error no_header(DocumentType type) {
  return fail(ErrorCode::unreadable, "The header of the image (" + std::string(media_type(type)) + ") is damaged.");
}

// leptonica reads BMP but not its header alone.
Result<ImageHeader> read_bmp_header(std::string_view bytes) {
  const ByteReader reader(bytes, std::endian::little);
  const auto header_size = reader.number(14, 4);
  const bool old = header_size == 12;  // OS/2: sizes of two bytes
  const auto width = reader.number(18, old ? 2 : 4);
  const auto height = reader.number(old ? 20 : 22, old ? 2 : 4);
  if (!width || !height) return no_header(DocumentType::bmp);
  const auto as_int = [](std::uint64_t value) { return static_cast<int>(static_cast<std::uint32_t>(value)); };
  const int rows = as_int(*height);
  return ImageHeader{as_int(*width), rows < 0 ? -rows : rows, 3};  // negative: rows from top to bottom
}

// leptonica finds the header of a JPEG 2000 file only where it lies in the simplest files: these have no boxes but
// those that every file has.
constexpr std::size_t leptonica_looks_within = 80;
constexpr std::string_view jp2_header_box = "ihdr";

// `bytes` without the boxes that say nothing about the picture itself, in `room` if there are such before its header.
// Not a JP2 file, or damaged: as it is.
std::string_view simplest_jp2(std::string_view bytes, std::string& room) {
  constexpr std::array<std::string_view, 4> needed{"jP  ", "ftyp", "jp2h", "jp2c"};
  constexpr std::uint64_t head = 8;  // the size and the type of a box
  const auto header = bytes.find(jp2_header_box);
  if (header == std::string_view::npos || header + jp2_header_box.size() < leptonica_looks_within) return bytes;
  const ByteReader reader(bytes, std::endian::big);
  for (std::uint64_t at = 0; at < bytes.size();) {
    auto size = reader.number(at, 4).value_or(0);
    if (size == 1) size = reader.number(at + head, 8).value_or(0);
    const auto left = bytes.size() - at;
    if (size == 0) size = left;  // up to the end
    if (size < head || left < head) return bytes;
    const auto box = bytes.substr(at, size);
    if (std::find(needed.begin(), needed.end(), box.substr(4, 4)) != needed.end()) room += box;
    if (size >= left) break;
    at += size;
  }
  return room;
}

Result<ImageHeader> read_jp2_header(std::string_view bytes) {
  const ByteReader reader(bytes, std::endian::big);
  constexpr std::size_t box_is_within = 4096;
  const auto box = bytes.substr(0, box_is_within).find(jp2_header_box);
  const bool bare = bytes.starts_with("\xff\x4f\xff\x51");  // a codestream without boxes
  if (box == std::string_view::npos && !bare) return no_header(DocumentType::jpeg2000);
  // The codestream has the right and lower edges, and the origin of the picture within them.
  const auto number = [&](std::uint64_t offset, unsigned size) { return reader.number(offset, size).value_or(0); };
  const auto width = bare ? number(8, 4) - number(16, 4) : number(box + 8, 4);
  const auto height = bare ? number(12, 4) - number(20, 4) : number(box + 4, 4);
  const auto samples = bare ? number(40, 2) : number(box + 12, 2);
  constexpr std::uint64_t most = 1u << 30;
  if (width > most || height > most) return no_header(DocumentType::jpeg2000);
  return ImageHeader{static_cast<int>(width), static_cast<int>(height), static_cast<int>(samples)};
}

bool only_black_and_white(Pix* pix) {
  if (pixGetDepth(pix) != 1) return false;
  int has_color = 0;
  int is_opaque = 1;
  PixColormap* map = pixGetColormap(pix);
  pixcmapHasColor(map, &has_color);
  pixcmapIsOpaque(map, &is_opaque);
  int is_black_white = 0;
  pixcmapIsBlackAndWhite(map, &is_black_white);
  return is_black_white && !has_color && is_opaque;
}

Image without_color_map(Image image) {
  Pix* pix = image.pix();
  int is_opaque = 1;
  pixcmapIsOpaque(pixGetColormap(pix), &is_opaque);
  if (only_black_and_white(pix)) return Image(pixRemoveColormap(pix, REMOVE_CMAP_TO_BINARY));
  return Image(pixRemoveColormap(pix, is_opaque ? REMOVE_CMAP_TO_GRAYSCALE : REMOVE_CMAP_WITH_ALPHA));
}

Image without_alpha(Image image) {
  constexpr l_uint32 white = 0xffffff00;
  return Image(pixAlphaBlendUniform(image.pix(), white));
}

// By leptonica, which reads all formats.
Result<DecodedImage> decode_any(DocumentType type, std::string_view bytes, int index) {
  const TiffMessages messages;
  Pix* pix = nullptr;
  if (type == DocumentType::tiff) {
    pix = pixReadMemTiff(data_of(bytes), bytes.size(), index);
  } else if (type == DocumentType::pnm) {
    pix = pixReadMemPnm(data_of(bytes), bytes.size());
  } else if (type == DocumentType::jpeg2000) {
    std::string room;
    const auto simplest = simplest_jp2(bytes, room);
    pix = pixReadMem(data_of(simplest), simplest.size());
  } else {
    pix = pixReadMem(data_of(bytes), bytes.size());
  }
  const int dpi = pix ? pixGetXRes(pix) : 0;
  DecodedImage decoded{to_gray(pix), messages.fax_damage()};
  if (!decoded.image) {
    return fail(ErrorCode::unreadable, "The image (" + std::string(media_type(type)) + ") is damaged or cut off.");
  }
  pixSetResolution(decoded.image.pix(), dpi, dpi);
  return decoded;
}

// The colors of print (four samples) are left to leptonica.
Result<DecodedImage> decode_any_jpeg(std::string_view bytes) {
  DOCMILL_TRY(header, read_image_header(DocumentType::jpeg, bytes, 0));
  return header.samples == 4 ? decode_any(DocumentType::jpeg, bytes, 0) : decode_jpeg(bytes);
}

}  // namespace

Result<ImageHeader> read_image_header(DocumentType type, std::string_view bytes, int index) {
  ImageHeader header;
  int failed = 0;
  if (type == DocumentType::bmp || type == DocumentType::jpeg2000) {
    DOCMILL_TRY(own, type == DocumentType::bmp ? read_bmp_header(bytes) : read_jp2_header(bytes));
    header = own;
  } else if (type == DocumentType::tiff) {
    failed = readHeaderMemTiff(data_of(bytes), bytes.size(), index, &header.width, &header.height, nullptr,
                               &header.samples, nullptr, nullptr, nullptr);
  } else if (type == DocumentType::pnm) {  // which may have fewer bytes than leptonica needs to tell that it is one
    failed = readHeaderMemPnm(data_of(bytes), bytes.size(), &header.width, &header.height, nullptr, nullptr, nullptr,
                              &header.samples);
  } else {
    failed = pixReadHeaderMem(data_of(bytes), bytes.size(), nullptr, &header.width, &header.height, nullptr,
                              &header.samples, nullptr);
  }
  if (failed || header.width <= 0 || header.height <= 0) return no_header(type);
  return header;
}

Result<DecodedImage> decode_image(DocumentType type, std::string_view bytes, int index, Orientation orientation) {
  if (type != DocumentType::jpeg) return decode_any(type, bytes, index);
  DOCMILL_TRY(decoded, decode_any_jpeg(bytes));
  if (orientation == Orientation::from_metadata) {
    const int dpi = decoded.image.dpi();
    decoded.image = turned(std::move(decoded.image), exif_orientation(bytes));
    if (!decoded.image) return fail(ErrorCode::too_large, "There is not enough memory to turn the image.");
    pixSetResolution(decoded.image.pix(), dpi, dpi);
  }
  return decoded;
}

Error damaged_image(std::string_view how, int page) {
  return fail(ErrorCode::unreadable, "The image of the page is damaged: " + printable(how) + ".", page);
}

Image turned(Image image, int orientation) {
  if (orientation >= 5) image = Image(pixRotate90(image.pix(), orientation == 8 ? -1 : 1));
  if (!image) return image;
  switch (orientation) {
    case 2:
    case 5:
      return Image(pixFlipLR(nullptr, image.pix()));
    case 3:
      return Image(pixRotate180(nullptr, image.pix()));
    case 4:
    case 7:
      return Image(pixFlipTB(nullptr, image.pix()));
    default:
      return image;
  }
}

Image to_gray(Pix* pix) {
  Image image(pix);
  if (image && pixGetColormap(pix)) image = without_color_map(std::move(image));
  if (image && image.depth() == 32 && pixGetSpp(image.pix()) == 4) image = without_alpha(std::move(image));
  if (image && image.depth() != 1 && image.depth() != 8) image = Image(pixConvertTo8(image.pix(), 0));
  return image;
}

}  // namespace docmill
