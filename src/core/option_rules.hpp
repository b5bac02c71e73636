// What options may not be given together.
#pragma once

#include <boost/json/object.hpp>
#include <span>
#include <string>

#include "core/result.hpp"

namespace docmill {

// `resolved`: the options of these stages, of the right types, defaults filled in. invalid_option: they contradict each
// other.
Status check_rules(std::span<const std::string> stages, const boost::json::object& resolved);

// Whether these options ask for PDF/A.
bool wants_pdfa(const boost::json::object& options);

}  // namespace docmill
