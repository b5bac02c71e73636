// What a worker is asked to do with a document, what it may ask of its surroundings, and what it answers.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/job.hpp"
#include "core/result.hpp"

namespace docmill {

// What the work may ask of its surroundings.
class TaskContext {
 public:
  virtual ~TaskContext() = default;
  // A descriptor, owned by the context, to write the artifact `name` to, from its start. Failing, the task fails.
  virtual Result<int> artifact(std::string_view name) = 0;
  // A descriptor, owned by the context, of an empty file to write and to read for what must wait; it goes with the task
  // and nobody sees it. The same one at each call with the same `name`. Failing, the task fails.
  virtual Result<int> scratch(std::string_view name) = 0;
  // A page is begun (`finished` of `pages` are done). Megapixels 0: not known yet.
  virtual void progress(int pages, int finished, int page, double megapixels) = 0;
  // What was remembered under `key`, by this task or any other, as it was given. `key`: a SHA-256, in hexadecimal, of
  // all that it depends on. Nothing: it has to be found out, and may then be remembered.
  virtual std::optional<std::string> recall(const std::string& key) = 0;
  // After recall() of the same key found nothing. It may be forgotten at any time, or at once.
  virtual void remember(const std::string& key, std::string_view content) = 0;
};

struct TaskInput {
  TaskKind kind = TaskKind::document;
  std::string name;
  std::string pipeline;        // "preprocessing,ocr"
  int descriptor = -1;         // the document
  std::string options = "{}";  // the job's options, JSON
  PageRange pages;             // of a part
  int part_pages = 0;          // split longer documents; 0: never
  int max_pages = 0;
  std::uint64_t max_pixels = 0;
  // For a merge, per part: its pages (a descriptor, or -1 for a failed part), its range, and its error if it failed.
  struct Part {
    int tree = -1;
    PageRange pages;
    std::optional<Error> error;
  };
  std::vector<Part> parts;
  std::vector<Error> lost_pages;  // that cost a worker each before: not to be looked at, and failed
};

struct TaskOutput {
  std::vector<PageRange> split;  // not empty: nothing was done, split the document so
  Outcome outcome = Outcome::ok;
  int pages = 0;              // finished (failed ones too)
  std::string record = "{}";  // JSON object for the result record: media_type, page_count, pages (manifest), and what
                              // the stages add
};

}  // namespace docmill
