// What the types of options do not say: what single ones may not be, and which may not be given together.
#pragma once

#include <boost/json/object.hpp>
#include <span>
#include <string>

#include "core/result.hpp"

namespace docmill {

// `resolved`: the options of these stages, of the right types, defaults filled in. invalid_option: they contradict each
// other.
Status check_rules(std::span<const std::string> stages, const boost::json::object& resolved);

// Checks of single options, for their table.
Status check_engine_languages(const boost::json::value& languages);
Status check_segmentation_mode(const boost::json::value& mode);

// Whether these options ask for PDF/A.
bool wants_pdfa(const boost::json::object& options);

}  // namespace docmill
