// The bare loop of what docmill's ocr stage does with a document, without the system around it.
//
// usage: ocr_bench PROCESSES OUT FILE…
#include <fcntl.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "bench/bare_loop.hpp"
#include "core/descriptor.hpp"
#include "documents/document.hpp"
#include "processors/ocr/ocr_stage.hpp"
#include "processors/pipeline.hpp"

namespace docmill {
namespace {

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

Result<int> read_file(const std::string& file, const std::string& output) {
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

bool warm_up() {
  warm_up_documents();
  return warm_up_pipeline(std::array{&ocr_stage()}, "ocr", "{}").has_value();
}

}  // namespace
}  // namespace docmill

int main(int argc, char** argv) { return docmill::bare_loop(argc, argv, docmill::warm_up, docmill::read_file); }
