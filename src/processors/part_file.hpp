// The file that a part leaves for the merge of its document: the results of its pages, in order.
//
//   files      of all pages, one after the other, each a zstd frame with a checksum
//   frames     of zstd, in groups, each for some pages: one with a line of every page's row in the manifest and a line
//              {"notes":{stage: JSON as text, …},"files":[[stage, bytes], …]}; and one for each column of their trees
//              of text (packed_trees.hpp)
//   16 digits  where the frames begin, in hexadecimal
//
// The parts of a long document lie on the disk all at once. Trees are small; files are images, and as large as the
// output that the merge makes of them. So that there is room for one of both, the room of files is given back when they
// stand in the output; they stand together, so that nothing is left between them. Where the merge is interrupted after
// that and begins anew, these pages must be worked on again.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "processors/output.hpp"
#include "processors/packed_trees.hpp"
#include "processors/page_work.hpp"

namespace docmill {

class PartWriter {
 public:
  // `descriptor`: borrowed, an empty file. `name` says in messages what is written. What Output::write returns, here
  // and below.
  PartWriter(int descriptor, std::string name) : output_(descriptor, std::move(name)) {}

  Status page(const PageResult& page);
  // Writes what must come last. Without it there is no part.
  Status finish();

 private:
  void pack();

  Output output_;
  std::uint64_t files_end_ = 0;
  std::string lines_;   // of pages that are not in a frame yet
  TreePacker trees_;    // theirs
  std::string frames_;  // small, beside the files: some kilobytes a page
};

// Reads the parts of one document.
class PartReader {
 public:
  enum class Files { whole, gone };
  // `files`: gone where an earlier reader has given back their room, or the disk has lost them; then there are none.
  using Use = std::function<Status(PageResult page, Files files)>;

  // Of all files that are read, the first `kept_bytes` stay on the disk: short documents lose nothing.
  explicit PartReader(std::uint64_t kept_bytes = default_kept_bytes) : kept_bytes_(kept_bytes) {}

  // Reads what a PartWriter wrote, calling `use` for each page; stops at the first failure, which is returned.
  // `descriptor` is borrowed, for as long as anybody keeps the `stored` of a page. Files that nobody keeps are given
  // back after use() has succeeded.
  //   unreadable: cut off, or no such file
  Status read(int descriptor, const Use& use);

  static constexpr std::uint64_t default_kept_bytes = 16U << 20U;

 private:
  std::uint64_t kept_bytes_;  // that may still stay
};

}  // namespace docmill
