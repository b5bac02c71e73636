// The options of the stages as flags of `docmill run`, made from the table in core/options.hpp.
#pragma once

#include <boost/json/object.hpp>
#include <memory>
#include <string>

#include "cli/command.hpp"
#include "core/options.hpp"

namespace docmill::cli {

// "-l,--language": the flag of an option.
std::string stage_flag(const OptionSpec& spec);

// Adds the flags, and OCRmyPDF's names for the modes (--force-ocr, --skip-text, --redo-ocr). What was given stands in
// the returned object after parsing, as text: resolve_options() turns it into values.
std::shared_ptr<const boost::json::object> add_stage_flags(Command command);

// Adds "NAME=VALUE" to the options `given`, as its flag would. Stops the command: it is not of that form, or a file
// that it names cannot be read.
void add_stage_option(boost::json::object& given, const std::string& name_and_value);

}  // namespace docmill::cli
