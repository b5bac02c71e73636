// What image libraries do not tell: a TIFF's directories without those that are damaged dropped, a JPEG's orientation.
#include <algorithm>
#include <bit>
#include <unordered_set>

#include "documents/byte_reader.hpp"
#include "documents/image_file.hpp"

namespace docmill {
namespace {

using namespace std::string_view_literals;

// The numbers that differ between TIFF and BigTIFF.
struct TiffLayout {
  std::uint64_t first_offset_at;  // where the offset of the first directory is
  unsigned offset_size;
  unsigned count_size;  // of the number of entries in a directory
  std::uint64_t entry_size;
};
constexpr TiffLayout classic_layout{4, 4, 2, 12};
constexpr TiffLayout big_layout{8, 8, 8, 20};

constexpr std::size_t most_directories = 1'000'000;

std::endian tiff_order(std::string_view bytes) {
  return bytes.starts_with("MM") ? std::endian::big : std::endian::little;
}

// The body of the APP1 segment that holds the EXIF data: a TIFF file of its own. Empty: there is none.
std::string_view exif_segment(std::string_view jpeg) {
  const ByteReader reader(jpeg, std::endian::big);
  std::size_t at = 2;
  while (true) {
    const auto marker = reader.number(at, 2);
    const auto length = reader.number(at + 2, 2);
    constexpr std::uint64_t start_of_scan = 0xffda;
    if (!marker || !length || *marker < 0xff01 || *marker == start_of_scan || *length < 2) return {};
    const auto body = jpeg.substr(std::min<std::size_t>(at + 4, jpeg.size()), *length - 2);
    constexpr std::uint64_t app1 = 0xffe1;
    if (*marker == app1 && body.starts_with("Exif\0\0"sv)) return body.substr(6);
    at += 2 + *length;
  }
}

}  // namespace

Result<std::vector<std::uint64_t>> tiff_directories(std::string_view bytes) {
  const ByteReader reader(bytes, tiff_order(bytes));
  constexpr std::uint64_t big_version = 43;
  const auto& layout = reader.number(2, 2) == big_version ? big_layout : classic_layout;
  std::vector<std::uint64_t> offsets;
  std::unordered_set<std::uint64_t> seen;
  auto next = reader.number(layout.first_offset_at, layout.offset_size);
  while (next && *next != 0 && offsets.size() < most_directories) {
    if (!seen.insert(*next).second) break;  // a loop
    offsets.push_back(*next);
    const auto entries = reader.number(*next, layout.count_size);
    if (!entries || *entries > bytes.size() / layout.entry_size) break;
    next = reader.number(*next + layout.count_size + *entries * layout.entry_size, layout.offset_size);
  }
  if (offsets.empty() || !reader.number(offsets.front(), layout.count_size)) {
    return fail(ErrorCode::unreadable, "The TIFF file is cut off or damaged: it has no page that can be found.");
  }
  return offsets;
}

int exif_orientation(std::string_view jpeg) {
  const auto tiff = exif_segment(jpeg);
  const ByteReader reader(tiff, tiff_order(tiff));
  const auto directory = reader.number(4, 4);
  const auto entries = directory ? reader.number(*directory, 2) : std::nullopt;
  for (std::uint64_t i = 0; i < entries.value_or(0); ++i) {
    const auto entry = *directory + 2 + i * classic_layout.entry_size;
    constexpr std::uint64_t orientation_tag = 0x112;
    if (reader.number(entry, 2) != orientation_tag) continue;
    const auto value = reader.number(entry + 8, 2).value_or(1);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

}  // namespace docmill
