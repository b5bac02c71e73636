// Ghostscript makes PDF/A of a PDF. It is a program of its own that is run where it is installed; nothing of it is
// linked (its licence is the AGPL).
#pragma once

#include <functional>
#include <string>

#include "core/result.hpp"

namespace docmill::ocr {

// The `gs` in $PATH; empty: there is none.
std::string find_ghostscript();

// Writes the PDF in `input` to `output` (an empty file; both borrowed) as PDF/A-2b: fonts embedded, colours by
// profiles, meant for sRGB. It runs under the limits of this process, in its process group, without a shell, and may
// read and write only these two files and a directory of its own, which goes afterwards. `name`: for messages.
// `on_page` is told of each page (from 1) that is begun.
//   invalid_option: there is no Ghostscript · unreadable: it gave up, with its last words
//   output_unavailable: there is no room for its temporary files
Status convert_to_pdfa(int input, int output, const std::string& name, const std::function<void(int)>& on_page);

}  // namespace docmill::ocr
