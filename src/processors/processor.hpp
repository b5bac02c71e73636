// Processor: one stage. It gets a document (or a range of its pages, or the trees of its parts) and yields an output.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/job.hpp"
#include "core/result.hpp"
#include "documents/document.hpp"

namespace docmill {

// What a processor may ask of its surroundings.
class TaskContext {
 public:
  virtual ~TaskContext() = default;
  // A descriptor, owned by the context, to write the artifact `name` to, from its start. Failing, the task fails.
  virtual Result<int> artifact(std::string_view name) = 0;
  // A page is begun (`finished` of `pages` are done). Megapixels 0: not known yet.
  virtual void progress(int pages, int finished, int page, double megapixels) = 0;
};

struct TaskInput {
  TaskKind kind = TaskKind::document;
  std::string name;
  int descriptor = -1;         // the document
  std::string options = "{}";  // the job's options, JSON
  PageRange pages;             // of a part
  int part_pages = 0;          // split longer documents; 0: never
  int max_pages = 0;
  std::uint64_t max_pixels = 0;
  // For a merge, per part: its tree (a descriptor, or -1 for a failed part), its range, and its error if it failed.
  struct Part {
    int tree = -1;
    PageRange pages;
    std::optional<Error> error;
  };
  std::vector<Part> parts;
};

struct TaskOutput {
  std::vector<PageRange> split;  // not empty: nothing was done, split the document so
  Outcome outcome = Outcome::ok;
  int pages = 0;              // finished (failed ones too)
  std::string record = "{}";  // JSON object for the result record: media_type, page_count, language, pages (manifest)
};

// Runs the pipeline's stages. Throws nothing; a std::bad_alloc passes (the worker ends with exit_out_of_memory).
Result<TaskOutput> process_ocr(const TaskInput& input, TaskContext& context);

// Loads the engine for these options into this process, to be shared by its forks. An invalid language is an error.
Status warm_up_ocr(std::string_view options);

}  // namespace docmill
