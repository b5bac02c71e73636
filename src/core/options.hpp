// The options of the stages, one table: the command line, a job's `options`, `docmill options` and the processors all
// read it. To add one, add a row in options.cpp.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace docmill {

enum class OptionType {
  boolean,
  integer,
  number,
  text,
  choice,  // one of `choices`
  list,    // of `choices`: a JSON array, or text with commas
  pages,   // text that core/page_list.hpp understands
  file,    // text; on the command line the name of a file that holds it
};

// In the place of a stage's name: an option of all stages that open a document.
inline constexpr std::string_view every_stage = "document";

struct OptionSpec {
  std::string_view stage;
  std::string_view name;  // in JSON: snake_case. On the command line: --kebab-case
  char letter = 0;        // short flag, 0: none
  OptionType type = OptionType::text;
  std::string_view default_value;  // JSON
  std::string_view choices;        // for choice and list, parted by '|'
  double minimum = 0;              // for integer and number
  double maximum = 0;
  std::string_view help;
};

std::span<const OptionSpec> all_options();

// Whether it is an option of `stage`: its own, or one of every stage.
bool applies_to(const OptionSpec& spec, std::string_view stage);

// The stages of "preprocessing,ocr", in order. invalid_option: an unknown stage (the nearest is named), none, one
// twice, or an order that makes no sense.
Result<std::vector<std::string>> parse_pipeline(std::string_view pipeline);

// Whether documents that are text and have no pages (TXT, HTML, DOCX, mail, …) may be given to these stages: all of
// them must take such.
bool reads_texts(std::span<const std::string> stages);

// Checks `given` against the table for the stages of `pipeline`, turns text into the option's type ("300" → 300,
// "txt,pdf" → ["txt","pdf"]) and fills in defaults. invalid_option: unknown (the nearest is named), wrong type or
// value.
Result<boost::json::object> resolve_options(std::string_view pipeline, const boost::json::object& given);

// The name in `names` that `name` was probably meant to be: least edit distance, at most 3 and less than its length.
std::optional<std::string_view> nearest(std::string_view name, std::span<const std::string_view> names);

}  // namespace docmill
