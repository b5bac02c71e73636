// The file that a part leaves for the merge of its document: the results of its pages, in order. Per page
//
//   a line   {"tree":bytes,"notes":{stage: JSON as text, …},"files":[[stage, bytes], …]}
//   bytes    the tree of text, JSON, as a zstd frame: the parts of a long document lie on the disk all at once
//   bytes    the files, one after the other, as they are: images, which are compressed already
#pragma once

#include <functional>

#include "processors/output.hpp"
#include "processors/page_work.hpp"

namespace docmill {

// What Output::write returns.
Status write_page(Output& output, const PageResult& page);

// Reads what write_page wrote, calling `page` for each; stops at the first failure, which is returned.
//   unreadable: cut off, or no such file
Status read_pages(int descriptor, const std::function<Status(PageResult)>& page);

}  // namespace docmill
