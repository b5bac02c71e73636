#include "processors/output.hpp"

#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace docmill {
namespace {

constexpr std::size_t buffer_size = 64U << 10U;

Error write_error(int number, const std::string& name) {
  switch (number) {
    case ENOSPC:
      return fail(ErrorCode::output_unavailable, "no space left on the disk for the " + name);
    case EDQUOT:
      return fail(ErrorCode::output_unavailable, "the disk quota is used up: no space left for the " + name);
    case EFBIG:
      return fail(ErrorCode::too_large, "the " + name + " grew beyond the largest file that is allowed");
    default:
      return fail(ErrorCode::output_unavailable,
                  "the " + name + " cannot be written: " + std::generic_category().message(number));
  }
}

}  // namespace

Status Output::write(std::string_view bytes) {
  if (buffer_.size() + bytes.size() < buffer_size) {
    buffer_ += bytes;
    return {};
  }
  DOCMILL_CHECK(flush());
  if (bytes.size() >= buffer_size) return drain(bytes);
  buffer_ += bytes;
  return {};
}

Status Output::flush() {
  DOCMILL_CHECK(drain(buffer_));
  buffer_.clear();
  return {};
}

Status Output::drain(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      return write_error(errno, name_);
    }
  }
  return {};
}

}  // namespace docmill
