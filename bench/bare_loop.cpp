#include "bench/bare_loop.hpp"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <string_view>
#include <vector>

namespace docmill {
namespace {

// Shared by the processes.
struct Progress {
  std::atomic<std::size_t> next_file{0};
  std::atomic<int> pages{0};
};

std::string output_path(const std::string& directory, std::string_view file) {
  return directory + "/" + std::string(file.substr(file.rfind('/') + 1));
}

int take_files(const BareWork& work, const std::string& directory, const std::vector<std::string>& files,
               Progress& progress) {
  while (true) {
    const auto index = progress.next_file++;
    if (index >= files.size()) return 0;
    const auto done = work(files[index], output_path(directory, files[index]));
    if (!done) {
      std::fprintf(stderr, "%s: %s\n", files[index].c_str(), done.error().message.c_str());
      return 1;
    }
    progress.pages += *done;
  }
}

int run(int processes, const std::string& directory, const std::vector<std::string>& files, const BareWork& work) {
  void* const memory = ::mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return 1;
  auto* const progress = new (memory) Progress;
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < processes; ++i) {
    if (::fork() == 0) std::_Exit(take_files(work, directory, files, *progress));
  }
  int failures = 0;
  for (int status = 0; ::wait(&status) > 0;) failures += status != 0 ? 1 : 0;
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  std::printf("%d pages in %.2f s, %.3f pages/s\n", progress->pages.load(), seconds, progress->pages.load() / seconds);
  return failures == 0 ? 0 : 1;
}

}  // namespace

int bare_loop(int argc, char** argv, const std::function<bool()>& warm_up, const BareWork& work) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  int processes = 0;
  if (!arguments.empty()) {
    std::from_chars(arguments[0].data(), arguments[0].data() + arguments[0].size(), processes);
  }
  if (arguments.size() < 3 || processes < 1) {
    std::fprintf(stderr, "usage: %s PROCESSES OUT FILE…\n", argv[0]);
    return 2;
  }
  if (!warm_up()) return 1;
  return run(processes, arguments[1], {arguments.begin() + 2, arguments.end()}, work);
}

}  // namespace docmill
