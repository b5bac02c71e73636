// The bare loops that docmill is measured against: one process per core takes document after document from a counter,
// calls the libraries and writes OUT/NAME.txt. No queue, no database, no supervision.
//
//   untouched   Tesseract on the decoded page as it is
//   fed         what docmill's ocr stage does with a document
//
// usage: ocr_bench untouched|fed PROCESSES OUT FILE…
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <tesseract/baseapi.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "core/descriptor.hpp"
#include "documents/document.hpp"
#include "processors/ocr/ocr_stage.hpp"
#include "processors/one_thread.hpp"
#include "processors/pipeline.hpp"

namespace docmill {
namespace {

constexpr const char* language = "eng";

// Shared by the processes.
struct Progress {
  std::atomic<std::size_t> next_file{0};
  std::atomic<int> pages{0};
};

class FileOutput final : public TaskContext {
 public:
  explicit FileOutput(std::string path) : path_(std::move(path)) {}

  Result<int> artifact(std::string_view name) override {
    constexpr int mode = 0644;
    file_ = Descriptor(::open((path_ + "." + std::string(name)).c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
    if (!file_) return fail(ErrorCode::output_unavailable, "cannot write " + path_);
    return file_.get();
  }
  Result<int> scratch(std::string_view name) override { return artifact(name); }
  void progress(int, int, int, double) override {}
  std::optional<std::string> recall(const std::string&) override { return std::nullopt; }
  void remember(const std::string&, std::string_view) override {}

 private:
  const std::string path_;
  Descriptor file_;
};

std::string output_path(const std::string& directory, std::string_view file) {
  return directory + "/" + std::string(file.substr(file.rfind('/') + 1));
}

// Returns the pages done.
Result<int> do_fed(const std::string& file, const std::string& output) {
  const Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  FileOutput context(output);
  TaskInput input;
  input.name = file;
  input.descriptor = descriptor.get();
  input.pipeline = "ocr";
  const std::array stages{&ocr_stage()};
  DOCMILL_TRY(done, run_pipeline(stages, input, context));
  return done.pages;
}

Result<int> do_untouched(tesseract::TessBaseAPI& api, const std::string& file, const std::string& output) {
  const Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  DOCMILL_TRY(document, Document::open(descriptor.get(), OpenOptions()));
  std::ofstream text(output + ".txt");
  for (int number = 1; number <= document->page_count(); ++number) {
    constexpr double dpi = 300;
    DOCMILL_TRY(page, document->page(number));
    DOCMILL_TRY(image, page->image(dpi));
    api.SetImage(image.pix());
    const std::unique_ptr<char[]> recognised(api.GetUTF8Text());
    text << recognised.get();
    api.Clear();
  }
  return document->page_count();
}

int work(std::string_view kind, const std::string& directory, const std::vector<std::string>& files,
         tesseract::TessBaseAPI& api, Progress& progress) {
  while (true) {
    const auto index = progress.next_file++;
    if (index >= files.size()) return 0;
    const auto output = output_path(directory, files[index]);
    const auto done = kind == "fed" ? do_fed(files[index], output) : do_untouched(api, files[index], output);
    if (!done) {
      std::fprintf(stderr, "ocr_bench: %s: %s\n", files[index].c_str(), done.error().message.c_str());
      return 1;
    }
    progress.pages += *done;
  }
}

int run(std::string_view kind, int processes, const std::string& directory, const std::vector<std::string>& files) {
  void* const memory = ::mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return 1;
  auto* const progress = new (memory) Progress;
  warm_up_documents();
  tesseract::TessBaseAPI api;
  use_one_thread();
  const bool ready = kind == "fed" ? warm_up_pipeline(std::array{&ocr_stage()}, "ocr", "{}").has_value()
                                   : api.Init(nullptr, language, tesseract::OEM_LSTM_ONLY) == 0;
  if (!ready) return 1;
  api.SetPageSegMode(tesseract::PSM_AUTO);
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < processes; ++i) {
    if (::fork() == 0) std::_Exit(work(kind, directory, files, api, *progress));
  }
  int failures = 0;
  for (int status = 0; ::wait(&status) > 0;) failures += status != 0 ? 1 : 0;
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  std::printf("%d pages in %.2f s, %.3f pages/s\n", progress->pages.load(), seconds, progress->pages.load() / seconds);
  return failures == 0 ? 0 : 1;
}

}  // namespace
}  // namespace docmill

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  int processes = 0;
  if (arguments.size() > 1) {
    std::from_chars(arguments[1].data(), arguments[1].data() + arguments[1].size(), processes);
  }
  if (arguments.size() < 4 || processes < 1 || (arguments[0] != "fed" && arguments[0] != "untouched")) {
    std::fputs("usage: ocr_bench untouched|fed PROCESSES OUT FILE…\n", stderr);
    return 2;
  }
  return docmill::run(arguments[0], processes, arguments[2], {arguments.begin() + 3, arguments.end()});
}
