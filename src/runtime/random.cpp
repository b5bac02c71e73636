#include "runtime/random.hpp"

#include <random>

namespace docmill {

std::string random_name(int length) {
  constexpr char symbols[] = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::random_device source;
  std::uniform_int_distribution<std::size_t> choice(0, sizeof symbols - 2);
  std::string name;
  for (int i = 0; i < length; ++i) name += symbols[choice(source)];
  return name;
}

}  // namespace docmill
