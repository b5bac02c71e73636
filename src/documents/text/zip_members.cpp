#include "documents/text/zip_members.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <memory>

#include "documents/sniff.hpp"

namespace docmill {
namespace {

struct FreeArchive {
  void operator()(archive* file) const { archive_read_free(file); }
};
using Archive = std::unique_ptr<archive, FreeArchive>;

Error damaged(archive* file) {
  const char* const text = archive_error_string(file);
  return fail(ErrorCode::unreadable,
              "The archive is damaged: " + printable(text != nullptr ? text : "it is cut off, or no archive") + ".");
}

std::string mebibytes(std::uint64_t bytes) { return std::to_string(bytes >> 20U) + " MiB"; }

Result<std::string> read_member(archive* file, std::uint64_t room, const ZipLimits& limits) {
  std::string content;
  std::array<char, 64U << 10U> buffer;
  while (true) {
    const auto got = archive_read_data(file, buffer.data(), buffer.size());
    if (got < 0) return damaged(file);
    if (got == 0) return content;
    if (content.size() + static_cast<std::uint64_t>(got) > room) {
      return fail(ErrorCode::too_large,
                  "The archive unpacks to more than " + mebibytes(limits.max_bytes) + ", which is the limit.");
    }
    content.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace

bool has_zip_directory(std::string_view bytes) {
  using namespace std::string_view_literals;
  constexpr std::size_t least_size = 22;  // of the record that ends the directory; a comment of 64 KiB may follow
  constexpr std::size_t most_size = least_size + 0xFFFF;
  const auto end = bytes.substr(bytes.size() - std::min(bytes.size(), most_size));
  const auto record = end.rfind("PK\5\6"sv);
  return record != std::string_view::npos && end.size() - record >= least_size;
}

Result<ZipMembers> read_zip(std::string_view bytes, const std::function<bool(std::string_view name)>& wants,
                            const ZipLimits& limits) {
  const Archive file(archive_read_new());
  if (!file) throw std::bad_alloc();
  archive_read_support_format_zip(file.get());
  if (archive_read_open_memory(file.get(), bytes.data(), bytes.size()) != ARCHIVE_OK) return damaged(file.get());
  ZipMembers members;
  std::uint64_t count = 0;
  std::uint64_t total = 0;
  while (true) {
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(file.get(), &entry);
    if (status == ARCHIVE_EOF) return members;
    if (status < ARCHIVE_WARN) return damaged(file.get());
    if (++count > limits.max_members) {
      return fail(ErrorCode::too_large,
                  "The archive has more than " + std::to_string(limits.max_members) + " members.");
    }
    const char* const name = archive_entry_pathname(entry);
    if (name == nullptr || !wants(name)) continue;
    if (archive_entry_is_encrypted(entry) != 0) {
      return fail(ErrorCode::encrypted, "The document is encrypted; docmill opens encrypted PDFs only.");
    }
    auto content = read_member(file.get(), limits.max_bytes - total, limits);
    if (!content && content.error().code != ErrorCode::unreadable) return content.error();
    total += content ? content->size() : 0;
    members.insert_or_assign(name, content ? std::move(*content) : std::string());
  }
}

}  // namespace docmill
