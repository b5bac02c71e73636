#include "processors/spool.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>

#include "processors/output.hpp"

namespace docmill {
namespace {

constexpr std::size_t piece_size = 256U << 10U;

}  // namespace

Result<Spool::Place> Spool::put(std::string_view bytes) {
  Output file(descriptor_, "file of pages that wait to be written");
  DOCMILL_CHECK(file.write(bytes));
  DOCMILL_CHECK(file.flush());
  const Place place{.offset = size_, .size = bytes.size()};
  size_ += bytes.size();
  return place;
}

Status Spool::take(const Place& place, const std::function<void(std::string_view)>& piece) {
  std::string buffer(std::min(place.size, piece_size), '\0');
  for (std::size_t done = 0; done < place.size;) {
    const auto offset = static_cast<off_t>(place.offset + done);
    const auto got = ::pread(descriptor_, buffer.data(), std::min(buffer.size(), place.size - done), offset);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      return fail(ErrorCode::unreadable,
                  "pages that waited to be written cannot be read back: " +
                      (got < 0 ? std::generic_category().message(errno) : "the file is cut off"));
    }
    piece(std::string_view(buffer).substr(0, static_cast<std::size_t>(got)));
    done += static_cast<std::size_t>(got);
  }
  room_.give_back(place.offset, place.offset + place.size);
  return {};
}

}  // namespace docmill
