// The file that a part leaves for the merge of its document: the results of its pages, in order. Per page
//
//   a line   {"tree":bytes,"notes":{stage: JSON as text, …},"files":[[stage, bytes], …]}
//   bytes    the tree of text, JSON, then the files, each a zstd frame with a checksum
//
// The parts of a long document lie on the disk all at once. Trees are small; files are images, and as large as the
// output that the merge makes of them. So that there is room for one of both, the merge gives back the room of files
// that it has read. Where it is interrupted and begins anew, these pages must be worked on again.
#pragma once

#include <cstdint>
#include <functional>

#include "processors/output.hpp"
#include "processors/page_work.hpp"

namespace docmill {

// What Output::write returns.
Status write_page(Output& output, const PageResult& page);

// Reads the parts of one document.
class PartReader {
 public:
  enum class Files { whole, gone };
  // `files`: gone where an earlier reader has given back their room, or the disk has lost them; then there are none.
  using Use = std::function<Status(PageResult page, Files files)>;

  // Of all files that are read, the first `kept_bytes` stay on the disk: short documents lose nothing.
  explicit PartReader(std::uint64_t kept_bytes = default_kept_bytes) : kept_bytes_(kept_bytes) {}

  // Reads what write_page wrote, calling `use` for each page; stops at the first failure, which is returned.
  // `descriptor` (borrowed) is read from its start; the room of files is given back after use() has returned, where it
  // may be written.
  //   unreadable: cut off, or no such file
  Status read(int descriptor, const Use& use);

  static constexpr std::uint64_t default_kept_bytes = 16U << 20U;

 private:
  std::uint64_t kept_bytes_;  // that may still stay
};

}  // namespace docmill
