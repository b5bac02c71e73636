// The options of the stages, one table: the command line, a job's `options`, the configuration, `docmill options`,
// their JSON schema and the processors all read it. To add one, add a row in options.cpp.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
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
  texts,   // any: a JSON array, or text with one a line; on the command line the flag is repeated
  pages,   // text that core/page_list.hpp understands
  size,    // whole bytes; as text "10MB" (core/quantity.hpp)
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
  bool secret = false;         // never shown as it is
  std::string_view flag = {};  // on the command line, where the name is taken there; empty: from the name
  // What a value of the right type must be besides; null: anything. The sentence does not name the option.
  Status (*check)(const boost::json::value&) = nullptr;
};

std::span<const OptionSpec> all_options();
std::span<const std::string_view> all_stages();

// Whether options are kept under this name: a stage, or every_stage.
bool has_options(std::string_view stage);

// The option `name` of `stage` itself (or of every_stage); never null. invalid_option: there is none; the nearest is
// named.
Result<const OptionSpec*> find_option(std::string_view stage, std::string_view name);

// `given` (text as on the command line, or JSON) as a value of the option's type: "300" → 300, "txt,pdf" →
// ["txt","pdf"]. invalid_option: wrong type or value.
Result<boost::json::value> option_value(const OptionSpec& spec, const boost::json::value& given);

// The words that a choice, or an item of a list, may be; empty for other types.
std::vector<std::string_view> choices_of(const OptionSpec& spec);

// Whether it is an option of `stage`: its own, or one of every stage.
bool applies_to(const OptionSpec& spec, std::string_view stage);

// The stages of "preprocessing,ocr", in order. invalid_option: an unknown stage (the nearest is named), none, one
// twice, or an order that makes no sense.
Result<std::vector<std::string>> parse_pipeline(std::string_view pipeline);

// Whether a stage works on documents that are text and have no pages (TXT, HTML, DOCX, mail, …).
bool reads_texts(std::string_view stage);
// Whether such may be given to these stages: to one of them at least. The others have nothing to do with them.
bool reads_texts(std::span<const std::string> stages);

// Checks `given` against the table for the stages of `pipeline`, turns it into values of the options' types and fills
// in defaults. invalid_option: unknown (the nearest is named), wrong type or value.
Result<boost::json::object> resolve_options(std::string_view pipeline, const boost::json::object& given);

// What people and records may see of options.
boost::json::object without_secrets(boost::json::object options);

// The name in `names` that `name` was probably meant to be: least edit distance, at most 3 and less than its length.
std::optional<std::string_view> nearest(std::string_view name, std::span<const std::string_view> names);
// "; did you mean 'NAME'?" of the nearest, for the end of a sentence; empty where there is none.
std::string meant(std::string_view name, std::span<const std::string_view> names);

}  // namespace docmill
