#include "documents/pdf_traps.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <exception>
#include <qpdf/QPDFObjGen.hh>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "documents/limited_sink.hpp"

namespace docmill {
namespace {

constexpr int most_fields = 100'000;
constexpr std::size_t deepest_field = 100;

// Poppler takes seconds for it, even where it means nothing. Maps and plans have some ten MiB.
constexpr std::uint64_t most_content = 256ULL << 20U;

constexpr std::array<std::string_view, 6> image_filters{"/JBIG2Decode", "/JPXDecode",      "/DCTDecode",
                                                        "/DCT",         "/CCITTFaxDecode", "/CCF"};

struct Level {
  QPDFObjectHandle kids;
  QPDFObjGen field;
  int next = 0;
};

// Poppler's walk: a field is left out only below itself.
bool takes_too_long(QPDFObjectHandle form) {
  if (!form.isDictionary()) return false;
  std::vector<Level> levels{{form.getKey("/Fields"), {}}};
  for (int fields = 0; !levels.empty();) {
    auto& level = levels.back();
    if (!level.kids.isArray() || level.next >= level.kids.getArrayNItems()) {
      levels.pop_back();
      continue;
    }
    auto field = level.kids.getArrayItem(level.next++);
    // Items that are no fields count, too: an array of them may be shared.
    if (++fields > most_fields) return true;
    if (!field.isIndirect() || !field.isDictionary()) continue;
    const auto name = field.getObjGen();
    if (std::any_of(levels.begin(), levels.end(), [&](const Level& above) { return above.field == name; })) continue;
    if (levels.size() > deepest_field) return true;
    levels.push_back({field.getKey("/Kids"), name});
  }
  return false;
}

std::vector<std::string> filters_of(QPDFObjectHandle stream) {
  std::vector<std::string> names;
  auto filter = stream.getDict().getKey("/Filter");
  if (filter.isName()) names.push_back(filter.getName());
  for (int i = 0; filter.isArray() && i < filter.getArrayNItems(); ++i) {
    if (auto item = filter.getArrayItem(i); item.isName()) names.push_back(item.getName());
  }
  return names;
}

// At most so many bytes come out of a stream. 0: cannot be told.
std::uint64_t most_unpacked(QPDFObjectHandle stream, std::size_t filters) {
  constexpr std::uint64_t most_expansion = 3000;  // LZW; deflate has 1,032
  long long length = 0;
  if (!stream.getDict().getKey("/Length").getValueAsInt(length) || length < 0) return 0;
  auto size = static_cast<std::uint64_t>(length);
  for (; filters > 0 && size <= most_content; --filters) size *= most_expansion;
  return size;
}

Status check_stream(QPDFObjectHandle stream, int page, std::uint64_t& bytes_left) {
  if (!stream.isStream()) return {};
  const auto filters = filters_of(stream);
  for (const auto& filter : filters) {
    if (std::find(image_filters.begin(), image_filters.end(), filter) == image_filters.end()) continue;
    return fail(ErrorCode::unreadable,
                "The content of the page is compressed as images are (" + filter.substr(1) + "), and so no content.",
                page);
  }
  const auto most = most_unpacked(stream, filters.size());
  if (most > 0 && most <= bytes_left) {
    bytes_left -= most;
    return {};
  }
  LimitedSink sink(bytes_left, LimitedSink::Content::drop);
  bool is_unpacked = false;
  static_cast<void>(stream.pipeStreamData(&sink, &is_unpacked, 0, qpdf_dl_specialized, true));
  if (sink.is_full()) {
    return fail(ErrorCode::too_large,
                "The content of the page unpacks to more than the " + std::to_string(most_content >> 20U) +
                    " MiB that are read of a page.",
                page);
  }
  bytes_left -= sink.size();
  return {};
}

}  // namespace

bool is_endless(QPDFObjectHandle form) {
  try {
    return takes_too_long(std::move(form));
  } catch (const std::exception&) {
    return false;
  }
}

Status check_content(QPDFObjectHandle page, int number) {
  auto bytes_left = most_content;
  try {
    auto contents = page.getKey("/Contents");
    if (!contents.isArray()) return check_stream(contents, number, bytes_left);
    for (int i = 0; i < contents.getArrayNItems(); ++i) {
      DOCMILL_CHECK(check_stream(contents.getArrayItem(i), number, bytes_left));
    }
  } catch (const std::exception&) {  // damaged: Poppler may read it yet
  }
  return {};
}

}  // namespace docmill
