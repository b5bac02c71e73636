#include "documents/fax_tiff.hpp"

#include <array>

namespace docmill {
namespace {

void append(std::string& bytes, std::uint32_t value, int size) {
  for (int i = 0; i < size; ++i) bytes.push_back(static_cast<char>(value >> 8 * i & 0xff));
}

enum FieldType : std::uint32_t { type_short = 3, type_long = 4 };

struct Field {
  std::uint32_t tag;
  FieldType type;
  std::uint32_t value;
};

constexpr std::uint32_t header_size = 8;
constexpr std::uint32_t compression_group3 = 3;
constexpr std::uint32_t compression_group4 = 4;

}  // namespace

std::string wrap_fax(std::string_view data, const FaxImage& image) {
  std::array fields{
      Field{256, type_long, image.width},
      Field{257, type_long, image.height},
      Field{258, type_short, 1},  // bits a sample
      Field{259, type_short, image.k < 0 ? compression_group4 : compression_group3},
      Field{262, type_short, image.inverted ? 1u : 0u},  // 0: what is coded white is white
      Field{273, type_long, 0},                          // where the strip begins, set below
      Field{277, type_short, 1},                         // samples a pixel
      Field{278, type_long, image.height},               // rows in the strip
      Field{279, type_long, static_cast<std::uint32_t>(data.size())},
      Field{292, type_long, image.k > 0 ? 1u : 0u},  // options of group 3: two dimensions
  };
  constexpr std::size_t strip_field = 5;
  const auto directory_size = static_cast<std::uint32_t>(2 + fields.size() * 12 + 4);
  fields.at(strip_field).value = header_size + directory_size;

  std::string tiff("II*\0", 4);
  append(tiff, header_size, 4);
  append(tiff, static_cast<std::uint32_t>(fields.size()), 2);
  for (const auto& field : fields) {
    append(tiff, field.tag, 2);
    append(tiff, field.type, 2);
    append(tiff, 1, 4);  // one value; a short lies in the first half, which little-endian order gives
    append(tiff, field.value, 4);
  }
  append(tiff, 0, 4);  // no further directory
  tiff.append(data);
  return tiff;
}

}  // namespace docmill
