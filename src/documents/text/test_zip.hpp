// For tests: zips with given members.
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace docmill {

using Members = std::vector<std::pair<std::string, std::string>>;

inline std::string make_zip(const Members& members) {
  std::string bytes(1U << 20U, '\0');
  for (const auto& member : members) bytes.resize(bytes.size() + member.second.size() / 500 + 1024);
  std::size_t used = 0;
  archive* const file = archive_write_new();
  archive_write_set_format_zip(file);
  EXPECT_EQ(archive_write_open_memory(file, bytes.data(), bytes.size(), &used), ARCHIVE_OK);
  for (const auto& [name, content] : members) {
    archive_entry* const entry = archive_entry_new();
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_size(entry, static_cast<la_int64_t>(content.size()));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    EXPECT_EQ(archive_write_header(file, entry), ARCHIVE_OK);
    EXPECT_EQ(archive_write_data(file, content.data(), content.size()), static_cast<la_ssize_t>(content.size()));
    archive_entry_free(entry);
  }
  EXPECT_EQ(archive_write_close(file), ARCHIVE_OK);
  archive_write_free(file);
  bytes.resize(used);
  return bytes;
}

}  // namespace docmill
