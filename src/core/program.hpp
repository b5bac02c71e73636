// Runs another program to its end. Blocking: not for the event loop while it serves others.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace docmill {

struct ProgramAnswer {
  int status = -1;     // exit status; -1: did not start, or was killed
  int signal = 0;      // that killed it; 0: none did
  std::string output;  // stdout and stderr, at most the first 64 KiB
};

// Of a program that is not ours, and is given only what it needs. It has no standard input.
struct ProgramSurroundings {
  std::vector<int> descriptors;          // borrowed; its numbers 3, 4, …; it has no others but stdout and stderr
  std::vector<std::string> environment;  // "NAME=value", all of it
  // Given each whole line of its output, without the line break, as it comes. Null: nobody wants to know.
  std::function<void(std::string_view)> on_line = {};
};

// The program at command[0], a path, with what this process has. It is killed when the calling thread ends, as all of
// it is when this process is killed.
ProgramAnswer run_program(const std::vector<std::string>& command);
// In surroundings of its own.
ProgramAnswer run_program(const std::vector<std::string>& command, const ProgramSurroundings& surroundings);

// The path of the first executable file of that name in $PATH; empty: there is none.
std::string find_program(std::string_view name);

std::string_view first_line(std::string_view text);

}  // namespace docmill
