// Runs another program to its end, for a short answer. Blocking: not for the event loop while it serves others.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace docmill {

struct ProgramAnswer {
  int status = -1;     // exit status; -1: did not start, or was killed
  std::string output;  // stdout and stderr, at most the first 64 KiB
};
ProgramAnswer run_program(const std::vector<std::string>& command);

std::string_view first_line(std::string_view text);

}  // namespace docmill
