// Models that are not docmill's own, and are used where they are installed.
#pragma once

#include <string>

namespace docmill {

// fastText's model of languages: the file that $FASTTEXT_MODEL names, else lid.176.ftz or lid.176.bin in
// /usr/local/share/fasttext or /usr/share/fasttext. Empty: there is none. A file that is named but missing is returned,
// so that whoever reads it says so.
std::string language_model_file();

}  // namespace docmill
