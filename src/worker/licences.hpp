// What docmill-worker is made of and under which terms it may be passed on.
#pragma once

#include <string>

namespace docmill {

// The licence that applies to this executable, then the libraries that it runs with, their versions and licences.
std::string licences();

}  // namespace docmill
