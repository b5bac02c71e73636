#include "worker/run_task.hpp"

#include <array>

#include "core/options.hpp"
#include "processors/nlp/nlp_stage.hpp"
#include "processors/ocr/ocr_stage.hpp"
#include "processors/pipeline.hpp"
#include "processors/preprocessing/preprocessing_stage.hpp"
#include "processors/validation/validation_stage.hpp"

namespace docmill {
namespace {

// The stages that a pipeline can be made of.
std::span<const Stage* const> known_stages() {
  static const std::array stages{&preprocessing_stage(), &ocr_stage(), &validation_stage(), &nlp_stage()};
  return stages;
}

Result<std::vector<TaskInput::Part>> parts_of(const protocol::Task& task, std::span<const Descriptor> trees) {
  std::vector<TaskInput::Part> parts(task.part_ranges.size());
  if (task.part_errors.size() != parts.size()) return fail(ErrorCode::internal, "the task does not fit its parts");
  for (std::size_t i = 0; i < parts.size(); ++i) {
    parts[i].pages = task.part_ranges[i];
    parts[i].error = task.part_errors[i];
  }
  for (std::size_t i = 0; i < trees.size(); ++i) {
    const int number = task.part_trees[i];
    if (number < 1 || static_cast<std::size_t>(number) > parts.size()) {
      return fail(ErrorCode::internal, "the task has no part " + std::to_string(number));
    }
    auto& part = parts[static_cast<std::size_t>(number) - 1];
    part.tree = trees[i].get();
    part.error.reset();
  }
  return parts;
}

}  // namespace

std::size_t descriptors_of(const protocol::Task& task) { return (task.has_input ? 1U : 0U) + task.part_trees.size(); }

bool TaskRunner::is_instant(const protocol::Task& task) {
  return task.pipeline == "noop" && noop_.is_instant(task.document, task.options);
}

Result<TaskOutput> TaskRunner::run(const protocol::Task& task, std::span<const Descriptor> descriptors,
                                   TaskContext& context) {
  if (task.pipeline == "noop") return noop_.run(task.document, task.options, socket_);
  DOCMILL_CHECK(parse_pipeline(task.pipeline));
  if (!task.has_input) return fail(ErrorCode::internal, "the task came without its document");
  TaskInput input;
  input.kind = task.kind;
  input.name = task.document;
  input.pipeline = task.pipeline;
  input.descriptor = descriptors.front().get();
  input.options = task.options;
  input.pages = task.pages;
  input.part_pages = task.part_pages;
  input.max_pages = task.limits.max_pages;
  input.max_pixels = task.limits.max_pixels;
  input.lost_pages = task.lost_pages;
  if (task.kind == TaskKind::merge) {
    DOCMILL_TRY(parts, parts_of(task, descriptors.subspan(1)));
    input.parts = std::move(parts);
  }
  return run_pipeline(known_stages(), input, context);
}

void warm_up_for(std::string_view pipeline, std::string_view options) {
  if (pipeline != "noop") static_cast<void>(warm_up_pipeline(known_stages(), pipeline, options));
}

}  // namespace docmill
