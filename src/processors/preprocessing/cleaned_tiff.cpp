#include "processors/preprocessing/cleaned_tiff.hpp"

#include <array>
#include <cmath>
#include <limits>

namespace docmill::preprocessing {
namespace {

// TIFF 6.0, little-endian: a header of 8 bytes, then per page its data (one strip) and its directory, whose last four
// bytes lead to the next one.
constexpr std::size_t header_size = 8;
constexpr std::size_t next_size = 4;

enum class Type : std::uint16_t { number16 = 3, number32 = 4, fraction = 5 };

struct Field {
  std::uint16_t tag;
  Type type;
  std::uint32_t value;
};

constexpr std::size_t fields_of_a_page = 12;
constexpr std::size_t resolution_size = 8;
constexpr std::size_t directory_size = resolution_size + 2 + 12 * fields_of_a_page + next_size;

void append(std::string& bytes, std::uint32_t value, int size) {
  for (int i = 0; i < size; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xFFU);
}

bool is_fax(const EncodedImage& image) { return image.dictionary.find("CCITTFaxDecode") != std::string::npos; }

// The resolution, as a fraction, and the directory behind it, less the way to the next one. `offset`: where this will
// stand.
std::string directory_of(const EncodedImage& image, std::uint32_t data, std::uint32_t offset) {
  constexpr std::uint32_t g4 = 4;
  constexpr std::uint32_t jpeg = 7;
  constexpr std::uint32_t white_is_zero = 0;
  constexpr std::uint32_t black_is_zero = 1;
  constexpr std::uint32_t inches = 2;
  const auto width = static_cast<std::uint32_t>(image.width);
  const auto height = static_cast<std::uint32_t>(image.height);
  const std::array<Field, fields_of_a_page> fields{
      {{256, Type::number32, width},
       {257, Type::number32, height},
       {258, Type::number16, is_fax(image) ? 1U : 8U},
       {259, Type::number16, is_fax(image) ? g4 : jpeg},
       {262, Type::number16, is_fax(image) ? white_is_zero : black_is_zero},
       {273, Type::number32, data},
       {277, Type::number16, 1},
       {278, Type::number32, height},
       {279, Type::number32, static_cast<std::uint32_t>(image.data.size())},
       {282, Type::fraction, offset},
       {283, Type::fraction, offset},
       {296, Type::number16, inches}}};
  std::string bytes;
  append(bytes, static_cast<std::uint32_t>(std::lround(image.dpi)), 4);
  append(bytes, 1, 4);
  append(bytes, fields_of_a_page, 2);
  for (const auto& field : fields) {
    append(bytes, field.tag, 2);
    append(bytes, static_cast<std::uint32_t>(field.type), 2);
    append(bytes, 1, 4);
    append(bytes, field.value, 4);
  }
  return bytes;
}

}  // namespace

Status CleanedTiff::write(std::string_view bytes) {
  written_ += bytes.size();
  return output_.write(bytes);
}

Status CleanedTiff::add(const EncodedImage& image) {
  const std::size_t padding = image.data.size() % 2;  // directories stand at even offsets
  const std::uint64_t before = written_ == 0 ? header_size : written_ + directory_.size() + next_size;
  const std::uint64_t directory = before + image.data.size() + padding;
  if (directory + directory_size > std::numeric_limits<std::uint32_t>::max()) {
    return fail(ErrorCode::too_large, "the cleaned pages are more than the 4 GiB that a TIFF can hold");
  }
  const auto next = static_cast<std::uint32_t>(directory + resolution_size);
  if (written_ == 0) directory_ = std::string("II\x2A\0", 4);
  append(directory_, next, next_size);
  DOCMILL_CHECK(write(directory_));
  DOCMILL_CHECK(write(image.data));
  DOCMILL_CHECK(write(std::string(padding, '\0')));
  directory_ = directory_of(image, static_cast<std::uint32_t>(before), static_cast<std::uint32_t>(directory));
  return {};
}

Status CleanedTiff::finish() {
  if (!directory_.empty()) append(directory_, 0, next_size);
  DOCMILL_CHECK(write(directory_));
  return output_.flush();
}

}  // namespace docmill::preprocessing
