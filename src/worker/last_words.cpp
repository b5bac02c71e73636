#include "worker/last_words.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "protocol/protocol.hpp"
#include "worker/memory.hpp"

namespace docmill {
namespace {

// A signal handler has nothing but globals; both are set once, before the handler is installed.
std::uint64_t threshold = 0;
alignas(16) std::array<char, 64U << 10U> handler_stack;  // a stack overflow leaves none of its own

void on_deadly_signal(int number) {
  if (errno == ENOMEM || data_size() >= threshold) ::_exit(protocol::exit_out_of_memory);
  ::raise(number);  // SA_RESETHAND: dies of it now
}

}  // namespace

void install_last_words(std::uint64_t nearly_full) {
  threshold = nearly_full;
  stack_t stack{};
  stack.ss_sp = handler_stack.data();
  stack.ss_size = handler_stack.size();
  ::sigaltstack(&stack, nullptr);
  struct sigaction action{};
  action.sa_handler = on_deadly_signal;
  action.sa_flags = static_cast<int>(SA_ONSTACK | SA_NODEFER | SA_RESETHAND);
  for (const int number : {SIGABRT, SIGSEGV, SIGBUS}) ::sigaction(number, &action, nullptr);
}

}  // namespace docmill
