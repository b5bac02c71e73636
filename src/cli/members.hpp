// Members of the JSON objects in records, which may be of another version of docmill, or damaged: what is not there, or
// not what it should be, is as if it were empty.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string_view>

namespace docmill::cli {

// The member `name`, if it is an object; null: there is none.
const boost::json::object* object_at(const boost::json::object& object, std::string_view name);

// The member `name`, if it is a string; it lives as long as the object.
std::string_view text_at(const boost::json::object& object, std::string_view name);

// The member `name`, if it is a number of things; else 0.
std::uint64_t count_at(const boost::json::object& object, std::string_view name);

}  // namespace docmill::cli
