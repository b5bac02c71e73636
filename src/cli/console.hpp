// What the commands write: to people and to programs. A reader who went away (EPIPE) is no error.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/job.hpp"

namespace docmill::cli {

// Writes to stdout. False when nobody reads any more: whoever prints a long listing may stop.
bool print(std::string_view text);
bool print_line(const boost::json::value& value);  // one JSON value, one line

// "docmill: text" on stderr.
void complain(std::string_view text);

// A name or message for the eyes: on one line: control characters and what is no UTF-8 as \n, \t, \xNN.
std::string printable(std::string_view bytes);

// A document's plain path as JSON can hold it: bytes that are no UTF-8 become "\\xNN", as in the records.
std::string json_name(std::string_view document);

boost::json::object error_json(const Error& error);

std::string duration_text(double seconds);                            // "42 s", "3:05 min", "2:07 h"
std::string number_text(std::uint64_t number);                        // "12,345"
std::string count_text(std::uint64_t number, std::string_view what);  // "1 page", "12,345 pages"

}  // namespace docmill::cli
