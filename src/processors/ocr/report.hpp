// Report: where the pages of a task go: to the renderers of all formats, and into the record.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "processors/ocr/renderer.hpp"
#include "processors/processor.hpp"

namespace docmill::ocr {

class Report {
 public:
  // Opens an artifact and its renderer for each format.
  static Result<Report> begin(const std::vector<std::string>& formats, const RenderSource& source,
                              TaskContext& context);

  // Pages come in ascending order. An error is one of the outputs, never one of the page.
  Status page(const TextPage& page);

  // Ends the outputs. If no page could be done, a document or merge fails with the error of the first; a part does not,
  // because its document decides.
  Result<TaskOutput> finish(TaskKind kind);

 private:
  explicit Report(const RenderSource& source);

  std::string record() const;

  const std::string media_type_;
  const std::string languages_;
  const int page_count_;
  std::vector<std::unique_ptr<Renderer>> renderers_;

  std::string manifest_;  // JSON objects, parted by commas
  std::optional<Error> first_error_;
  int pages_ = 0;
  int failed_ = 0;
  double confidence_sum_ = 0;
  double confidence_weight_ = 0;
};

}  // namespace docmill::ocr
