// The name under which a process numbers its calls to a broker (RequestId): random, so that no two share one.
#pragma once

#include <cstdio>
#include <random>
#include <string>

namespace docmill::cli {

inline std::string new_client_id() {
  std::random_device random;
  char text[48];
  std::snprintf(text, sizeof text, "cli-%08x%08x%08x", random(), random(), random());
  return text;
}

}  // namespace docmill::cli
