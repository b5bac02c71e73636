// Every file of the hostile corpus through `documents`: each in a child process under limits on time and memory, as a
// worker would be, and each with the error that it deserves.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <new>
#include <sstream>
#include <string>

#include "documents/document.hpp"
#include "documents/mapped_file.hpp"
#include "documents/pdf_inspection.hpp"
#include "tests/support/sanitized.hpp"

namespace docmill {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t max_pixels = 50'000'000;
constexpr int pages_tried = 3;
constexpr rlim_t memory_bytes = rlim_t{2} << 30;
constexpr rlim_t cpu_seconds = 5;

// What the child says in place of page errors.
constexpr const char* over_memory = "out_of_memory";

struct Command {
  std::string output;
  int status = -1;
};

Command run(const std::string& command) {
  Command result;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return result;
  std::array<char, 4096> buffer{};
  while (const auto size = fread(buffer.data(), 1, buffer.size(), pipe)) result.output.append(buffer.data(), size);
  result.status = pclose(pipe);
  return result;
}

std::string from_hex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

// What opens, can be inspected, too, or is damaged in a way that qpdf does not repair.
void inspect(int descriptor) {
  const auto file = MappedFile::map(descriptor);
  ASSERT_TRUE(file);
  const auto facts = inspect_pdf(file->bytes(), "");
  EXPECT_TRUE(facts || facts.error().code == ErrorCode::unreadable) << facts.error().message;
}

// Opens, inspects, reads and draws: "ok", an error code of opening, or "page:code,…" of pages that fail or are damaged,
// as the corpus writes it.
std::string verdict_on(const fs::path& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  OpenOptions options;
  options.name = path.filename();
  options.max_pixels = max_pixels;
  const auto document = Document::open(descriptor, options);
  if (!document) return std::string(to_string(document.error().code));
  if ((*document)->type() == DocumentType::pdf) inspect(descriptor);
  std::ostringstream failures;
  const auto failed = [&](int number, const Error& error) {
    EXPECT_EQ(error.page, number) << error.message;
    failures << (failures.tellp() > 0 ? "," : "") << number << ':' << to_string(error.code);
  };
  for (int number = 1; number <= std::min((*document)->page_count(), pages_tried); ++number) {
    const auto page = (*document)->page(number);
    if (!page) {
      failed(number, page.error());
      continue;
    }
    const auto text = (*page)->text_layer();
    const auto image = (*page)->image(72);
    if (!text || !image) {
      failed(number, text ? image.error() : text.error());
    } else if (const auto damage = (*page)->damage()) {
      failed(number, *damage);
    }
  }
  return failures.tellp() > 0 ? failures.str() : "ok";
}

void limit(decltype(RLIMIT_AS) resource, rlim_t value) {
  rlimit both{value, value};
  setrlimit(resource, &both);
}

// The verdict of a child process; "signal N" where it was killed.
std::string verdict_of_child(const fs::path& path) {
  int ends[2];
  if (pipe(ends) != 0) return "no pipe";
  const pid_t child = fork();
  if (child == 0) {
    limit(RLIMIT_CPU, test::sanitized ? 10 * cpu_seconds : cpu_seconds);
    if (!test::sanitized) limit(RLIMIT_AS, memory_bytes);
    std::string verdict;
    try {
      verdict = verdict_on(path);
    } catch (const std::bad_alloc&) {
      verdict = over_memory;
    }
    const bool told = write(ends[1], verdict.data(), verdict.size()) == static_cast<ssize_t>(verdict.size());
    _exit(told && !testing::Test::HasFailure() ? 0 : 1);
  }
  close(ends[1]);
  std::string verdict;
  std::array<char, 256> buffer{};
  for (ssize_t size; (size = read(ends[0], buffer.data(), buffer.size())) > 0;) {
    verdict.append(buffer.data(), static_cast<std::size_t>(size));
  }
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) return "signal " + std::to_string(WTERMSIG(status));
  return WEXITSTATUS(status) == 0 ? verdict : "failed: " + verdict;
}

class HostileCorpus : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    std::string pattern = fs::temp_directory_path() / "docmill-corpus-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    ASSERT_EQ(run("python3 " DOCMILL_CORPUS_MAKER " " + pattern).status, 0);
    std::istringstream lines(run("python3 " DOCMILL_CORPUS_MAKER " --expected").output);
    for (std::string name, expected; lines >> name >> expected;) expected_[from_hex(name)] = expected;
    ASSERT_GE(expected_.size(), 20u);
  }
  static void TearDownTestSuite() { fs::remove_all(directory_); }

  inline static fs::path directory_;
  inline static std::map<std::string, std::string> expected_;
};

TEST_F(HostileCorpus, each_file_gets_the_error_that_it_deserves) {
  for (const auto& [name, expected] : expected_) {
    EXPECT_EQ(verdict_of_child(directory_ / name), expected) << name;
  }
}

TEST_F(HostileCorpus, the_password_opens_what_is_encrypted) {
  const int descriptor = open((directory_ / "encrypted.pdf").c_str(), O_RDONLY | O_CLOEXEC);
  OpenOptions options;
  options.password = "geheim";
  const auto document = Document::open(descriptor, options);
  ASSERT_TRUE(document) << document.error().message;
  const auto page = (*document)->page(1);
  ASSERT_TRUE(page);
  EXPECT_NE(plain_text((*page)->text_layer().value()).find("Page 1, line 7 of what"), std::string::npos);
  EXPECT_FALSE((*page)->scan());
  close(descriptor);
}

TEST_F(HostileCorpus, a_limit_on_pages_holds_before_pages_are_read) {
  const int descriptor = open((directory_ / "hundred-thousand-pages.pdf").c_str(), O_RDONLY | O_CLOEXEC);
  OpenOptions options;
  options.max_pages = 5000;
  const auto document = Document::open(descriptor, options);
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().code, ErrorCode::too_large);
  EXPECT_EQ(document.error().message, "The document has 100000 pages; at most 5000 are allowed.");
  close(descriptor);
}

}  // namespace
}  // namespace docmill
