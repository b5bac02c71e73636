// The options of stages as a JSON schema, for descriptions of interfaces (OpenAPI) and for clients that check before
// they submit.
#pragma once

#include <boost/json/object.hpp>
#include <span>
#include <string>

namespace docmill {

// JSON Schema 2020-12 of the `options` of a job whose pipeline has these stages: what resolve_options() takes, in the
// types that it makes. The order of the stages, and what pages and files may hold, a schema cannot tell.
boost::json::object options_schema(std::span<const std::string> stages);

// The same as a description in OpenAPI 3.1, where it is the component `JobOptions`.
boost::json::object options_openapi(std::span<const std::string> stages);

}  // namespace docmill
