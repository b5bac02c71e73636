#include "node/sources.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "tests/support/temp_dir.hpp"

namespace docmill {
namespace {

ErrorCode code_of(const std::string& document) {
  const auto source = open_source(document);
  EXPECT_FALSE(source) << document;
  return source ? ErrorCode::internal : source.error().code;
}

TEST(Sources, OpensAFileAndKnowsItsSizeAndAge) {
  const test::TempDir dir;
  const std::string path = dir.path() / "two\nlines \xFF.pdf";
  std::ofstream(path) << "12345";
  const auto source = open_source(path);
  ASSERT_TRUE(source);
  EXPECT_EQ(source->bytes, 5U);
  EXPECT_GT(source->modified, Millis{1'600'000'000'000});
}

TEST(OutputStem, IsWhatFollowsTheLastMark) {
  EXPECT_EQ(output_stem("/a/./b/c.pdf"), "b/c.pdf");
  EXPECT_EQ(output_stem("/./c.pdf"), "c.pdf");
  EXPECT_EQ(output_stem("c.pdf"), "c.pdf");
  EXPECT_EQ(plain_path("/./c.pdf"), "/c.pdf");
}

TEST(Sources, WhatIsNotThereIsNotFound) {
  EXPECT_EQ(open_source("/nowhere/./at/all.pdf").error().message, "no such file: /nowhere/at/all.pdf");
  EXPECT_EQ(code_of("/nowhere/at/all.pdf"), ErrorCode::not_found);
  EXPECT_EQ(code_of("/dev/null/a.pdf"), ErrorCode::not_found);
  EXPECT_EQ(code_of("/" + std::string(5000, 'a')), ErrorCode::not_found);
}

TEST(Sources, PipesDevicesAndDirectoriesAreRefusedAtOnce) {
  const test::TempDir dir;
  const std::string pipe = dir.path() / "pipe.pdf";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(code_of(pipe), ErrorCode::unsupported_type);
  EXPECT_EQ(code_of("/dev/zero"), ErrorCode::unsupported_type);
  EXPECT_EQ(code_of(dir.path()), ErrorCode::unsupported_type);
}

TEST(Sources, AFileThatMayNotBeReadIsAccessDenied) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
  const test::TempDir dir;
  const std::string path = dir.path() / "secret.pdf";
  std::ofstream(path) << "x";
  ASSERT_EQ(::chmod(path.c_str(), 0), 0);
  EXPECT_EQ(code_of(path), ErrorCode::access_denied);
}

TEST(Sources, AddressesAreRefusedWithASentence) {
  for (const char* const address : {"https://example.org/a.pdf", "s3://bucket/a.pdf", "blob:sha256:00"}) {
    EXPECT_EQ(code_of(address), ErrorCode::unsupported_type);
  }
  EXPECT_EQ(code_of("blob.pdf:not-there"), ErrorCode::not_found);
}

}  // namespace
}  // namespace docmill
