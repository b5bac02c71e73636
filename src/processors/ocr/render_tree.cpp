// Reads page trees back: what a part wrote, in the merge of its document.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <vector>

#include "processors/ocr/renderer.hpp"

namespace docmill::ocr {
namespace {

constexpr std::size_t chunk_size = 256U << 10U;

// Appends the next bytes at `offset`; how many they are, 0 at the end. pread: the descriptor's own offset belongs to
// whoever lent it.
Result<std::size_t> read_chunk(int descriptor, off_t offset, std::string& text) {
  const auto size = text.size();
  text.resize(size + chunk_size);
  ssize_t got = -1;
  do {
    got = ::pread(descriptor, text.data() + size, chunk_size, offset);
  } while (got < 0 && errno == EINTR);
  const int number = errno;
  text.resize(size + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  if (got < 0) {
    return fail(ErrorCode::unreadable,
                "the pages of a part cannot be read: " + std::generic_category().message(number));
  }
  return static_cast<std::size_t>(got);
}

}  // namespace

Status read_tree(int descriptor, const std::function<Status(TextPage)>& page) {
  std::string text;
  off_t offset = 0;
  for (;;) {
    const auto searched = text.size();
    DOCMILL_TRY(got, read_chunk(descriptor, offset, text));
    if (got == 0) break;
    offset += static_cast<off_t>(got);
    std::size_t begin = 0;
    for (auto end = text.find('\n', searched); end != std::string::npos; end = text.find('\n', begin)) {
      DOCMILL_TRY(parsed, text_page_from_json(std::string_view(text).substr(begin, end - begin)));
      DOCMILL_CHECK(page(std::move(parsed)));
      begin = end + 1;
    }
    text.erase(0, begin);
  }
  if (!text.empty()) return fail(ErrorCode::unreadable, "the pages of a part are cut off: the last line has no end");
  return {};
}

}  // namespace docmill::ocr
