// docmill-worker: the half of docmill that opens documents. docmill starts it as a fork server.
#include <fcntl.h>
#include <sys/stat.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "docmill_version.hpp"
#include "worker/fork_server.hpp"
#include "worker/licences.hpp"
#include "worker/merge.hpp"
#include "worker/offers.hpp"

namespace {

constexpr int usage_error = 2;

int usage() {
  std::fputs(
      "docmill-worker: docmill starts this program itself; there is nothing to do with it by hand.\n"
      "usage: docmill-worker --fork-server FD   serve the node at the other end of the inherited socket FD\n"
      "       docmill-worker --merge OUTPUT LIST MEMORY SECONDS   put inherited PDFs together, for docmill merge\n"
      "       docmill-worker --offers           stages and languages that it has, a word each line\n"
      "       docmill-worker --version\n"
      "       docmill-worker --licenses         terms of distribution, and the libraries in use\n",
      stderr);
  return usage_error;
}

int serve(std::string_view number) {
  int socket = -1;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), socket);
  struct stat information{};
  if (error != std::errc() || end != number.data() + number.size() || ::fstat(socket, &information) != 0 ||
      !S_ISSOCK(information.st_mode)) {
    std::fprintf(stderr, "docmill-worker: --fork-server needs the number of an open socket, not '%s'\n",
                 std::string(number).c_str());
    return usage_error;
  }
  ::fcntl(socket, F_SETFD, FD_CLOEXEC);
  // One thread a worker: the processes are the parallelism, and a fork server with threads could not fork safely.
  ::setenv("OMP_THREAD_LIMIT", "1", 1);
  return docmill::run_fork_server(docmill::Descriptor(socket));
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view command = argc > 1 ? argv[1] : "";
  if (command == "--fork-server" && argc == 3) return serve(argv[2]);
  if (command == "--merge" && argc == 6) return docmill::merge_command(argv + 2);
  if (command == "--offers" && argc == 2) {
    for (const std::string& word : docmill::offered_words()) std::puts(word.c_str());
    return 0;
  }
  if (command == "--version" && argc == 2) {
    std::puts("docmill-worker " DOCMILL_VERSION);
    return 0;
  }
  if (command == "--licenses" && argc == 2) {
    std::fputs(docmill::licences().c_str(), stdout);
    return 0;
  }
  return usage();
}
