// run_pipeline: takes one task through the stages of its pipeline, in this process and in memory.
#pragma once

#include <span>
#include <string_view>

#include "processors/stage.hpp"

namespace docmill {

// `known`: the stages that there are. The task names those it wants in `input.pipeline`.
//   invalid_option: a pipeline that makes no sense or has a stage that is not known, or options that it has not
// Throws nothing but std::bad_alloc (the worker ends with exit_out_of_memory).
Result<TaskOutput> run_pipeline(std::span<const Stage* const> known, const TaskInput& input, TaskContext& context);

// Loads what tasks of this pipeline with these options need. The first failure is returned.
Status warm_up_pipeline(std::span<const Stage* const> known, std::string_view pipeline, std::string_view options);

}  // namespace docmill
