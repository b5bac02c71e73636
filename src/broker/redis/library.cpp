#include "broker/redis/library.hpp"

#include "broker/redis/library_source.hpp"

namespace docmill::redis {

std::string library_text() {
  // On one line, so that the lines of an error are those of the files, one after the other, plus one.
  return "#!lua name=docmill\nlocal VERSION = " + std::to_string(library_version) + " " + std::string(library_source);
}

std::string key_prefix(std::string_view name_space) { return "{docmill:" + std::string(name_space) + "}:"; }

}  // namespace docmill::redis
