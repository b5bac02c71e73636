#include "system/option_file.hpp"

#include <fstream>

namespace docmill {

Result<std::string> read_option_file(const OptionSpec& spec, const std::filesystem::path& file) {
  constexpr std::streamsize most = 1 << 20;
  std::ifstream stream(file, std::ios::binary);
  std::string content(most + 1, '\0');
  stream.read(content.data(), most + 1);
  const auto failed = [&](const char* why) {
    return fail(ErrorCode::invalid_option,
                "option '" + std::string(spec.name) + "': the file " + file.string() + " " + why);
  };
  if (stream.bad() || !stream.is_open() || stream.gcount() == 0) return failed("cannot be read, or is empty");
  if (stream.gcount() > most) return failed("is larger than 1 MiB");
  content.resize(static_cast<std::size_t>(stream.gcount()));
  return content;
}

}  // namespace docmill
