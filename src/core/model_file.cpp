#include "core/model_file.hpp"

#include <cstdlib>
#include <filesystem>

namespace docmill {

std::string language_model_file() {
  if (const char* named = std::getenv("FASTTEXT_MODEL"); named != nullptr && *named != '\0') return named;
  for (const auto* directory : {"/usr/local/share/fasttext", "/usr/share/fasttext"}) {
    for (const auto* name : {"lid.176.ftz", "lid.176.bin"}) {
      const auto path = std::filesystem::path(directory) / name;
      std::error_code ignored;
      if (std::filesystem::exists(path, ignored)) return path.string();
    }
  }
  return {};
}

}  // namespace docmill
