#include "worker/memory.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <functional>

namespace docmill {
namespace {

constexpr std::size_t mebibyte = 1U << 20U;
constexpr std::size_t inherited = 64 * mebibyte;

// The peak in MiB that a child measures after `body`, which gets 64 MiB that the parent has filled.
std::size_t peak_of_child(const std::function<void(char* memory)>& body) {
  const auto map = [](std::size_t size) {
    void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    EXPECT_NE(memory, MAP_FAILED);
    return static_cast<char*>(memory);
  };
  char* memory = map(inherited);
  std::memset(memory, 1, inherited);
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t pid = ::fork();
  if (pid == 0) {
    PrivateMemory own;
    body(memory);
    const std::uint64_t peak = own.peak();
    ::_exit(::write(ends[1], &peak, sizeof peak) == sizeof peak ? 0 : 1);
  }
  std::uint64_t peak = 0;
  EXPECT_EQ(::read(ends[0], &peak, sizeof peak), static_cast<ssize_t>(sizeof peak));
  EXPECT_EQ(::waitpid(pid, nullptr, 0), pid);
  ::close(ends[0]);
  ::close(ends[1]);
  ::munmap(memory, inherited);
  return peak / mebibyte;
}

TEST(PrivateMemory, WhatTheParentLeftIsNotCharged) {
  EXPECT_LT(peak_of_child([](char* memory) {
              volatile char sum = 0;
              for (std::size_t i = 0; i < inherited; i += 4096) sum = static_cast<char>(sum + memory[i]);
            }),
            8U);
}

TEST(PrivateMemory, InheritedPagesThatAreWrittenToAreCharged) {
  const auto peak = peak_of_child([](char* memory) { std::memset(memory, 2, inherited / 2); });
  EXPECT_GE(peak, 30U);
  EXPECT_LT(peak, 40U);
}

TEST(PrivateMemory, MemoryThatWasGivenBackStillCountsForThePeak) {
  const auto peak = peak_of_child([](char*) {
    void* own = ::mmap(nullptr, inherited, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    std::memset(own, 3, inherited);
    ::munmap(own, inherited);
  });
  EXPECT_GE(peak, 62U);
  EXPECT_LT(peak, 76U);
}

}  // namespace
}  // namespace docmill
