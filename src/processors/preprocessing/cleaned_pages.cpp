#include "processors/preprocessing/cleaned_pages.hpp"

#include <boost/json.hpp>
#include <utility>

namespace docmill::preprocessing {
namespace {

namespace json = boost::json;

constexpr std::string_view stage = "preprocessing";

EncodedImage image_of(const json::object& row, std::string_view bytes) {
  EncodedImage image{.width = row.at("width").to_number<int>(), .height = row.at("height").to_number<int>()};
  image.dpi = row.at("dpi").to_number<double>();
  image.dictionary = std::string(row.at("dictionary").as_string());
  image.data = bytes;
  return image;
}

}  // namespace

Status put_cleaned(const Sheets& sheets, PageResult& page) {
  json::array rows;
  std::string bytes;
  for (const auto& sheet : sheets.sheets) {
    const auto encoded = encode_scan(sheet.image);
    if (!encoded) return fail(ErrorCode::internal, "the cleaned page cannot be encoded");
    rows.push_back(json::object{{"width", encoded->width},
                                {"height", encoded->height},
                                {"dpi", encoded->dpi},
                                {"dictionary", encoded->dictionary},
                                {"bytes", encoded->data.size()}});
    bytes += encoded->data;
  }
  page.notes[std::string(stage)] = json::serialize(rows);
  page.files[std::string(stage)] = std::move(bytes);
  return {};
}

Result<std::vector<EncodedImage>> cleaned_of(const PageResult& page) {
  std::vector<EncodedImage> images;
  const auto note = page.notes.find(stage);
  const auto file = page.files.find(stage);
  if (note == page.notes.end() || file == page.files.end()) return images;
  try {
    const std::string_view bytes = file->second;
    std::size_t begin = 0;
    const auto rows = json::parse(note->second);
    for (const auto& row : rows.as_array()) {
      const auto size = row.at("bytes").to_number<std::size_t>();
      images.push_back(image_of(row.as_object(), bytes.substr(begin, size)));
      begin += size;
    }
    return images;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& problem) {
    return fail(ErrorCode::unreadable, std::string("a cleaned page cannot be read back: ") + problem.what());
  }
}

Result<std::string> stored_cleaned(StoredFiles& files) { return files.read(stage); }

}  // namespace docmill::preprocessing
