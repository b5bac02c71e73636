// Randomness, for names that must never come twice.
#pragma once

#include <string>

namespace docmill {

// `length` lower-case letters and digits, from the kernel's generator.
std::string random_name(int length);

}  // namespace docmill
