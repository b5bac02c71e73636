#include "core/option_rules.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <string_view>

namespace docmill {
namespace {

namespace json = boost::json;

constexpr std::array tools{std::string_view("repair"), std::string_view("linearize"), std::string_view("decrypt"),
                           std::string_view("split_pages"), std::string_view("split_size")};

bool is_asked_for(const json::object& resolved, std::string_view tool) {
  const auto* const value = resolved.if_contains(tool);
  if (value == nullptr) return false;
  return value->is_bool() ? value->get_bool() : value->to_number<std::int64_t>() > 0;
}

std::string_view first_tool(const json::object& resolved) {
  const auto* const found =
      std::find_if(tools.begin(), tools.end(), [&](std::string_view tool) { return is_asked_for(resolved, tool); });
  return found == tools.end() ? std::string_view() : *found;
}

bool says_only(const json::object& resolved, std::string_view option, std::string_view a, std::string_view b) {
  const auto& items = resolved.at(option).as_array();
  return std::all_of(items.begin(), items.end(), [&](const json::value& item) {
    const auto text = std::string_view(item.as_string());
    return text == a || text == b;
  });
}

Error refuse(std::string_view tool, const std::string& why) {
  return fail(ErrorCode::invalid_option, "option '" + std::string(tool) + "' writes the PDF as it is: " + why);
}

// auto and none are for themselves.
Status check_words(const json::object& resolved, std::string_view option) {
  const auto& items = resolved.at(option).as_array();
  for (const auto& item : items) {
    const auto text = std::string_view(item.as_string());
    if (items.size() > 1 && text == "none") {
      return fail(ErrorCode::invalid_option, "option '" + std::string(option) + "' is none or something, not both");
    }
  }
  return {};
}

Status check_output_type(const json::object& resolved) {
  if (!wants_pdfa(resolved)) return {};
  const auto& formats = resolved.at("format").as_array();
  if (std::find(formats.begin(), formats.end(), json::value("pdf")) != formats.end()) return {};
  return fail(ErrorCode::invalid_option,
              "option 'output_type' pdfa is about the format pdf, which is not among those of "
              "option 'format': ask for it, as in --format pdf");
}

// 0 finds only how the page is turned, 2 only where its text is: neither recognises any.
Status check_segmentation_mode(const json::object& resolved) {
  const auto* const mode = resolved.if_contains("tesseract_pagesegmode");
  if (mode == nullptr || (*mode != 0 && *mode != 2)) return {};
  return fail(ErrorCode::invalid_option, "option 'tesseract_pagesegmode' " + json::serialize(*mode) +
                                             " recognises no text; 1 or 3 to 13 do, and 3 suits most pages");
}

}  // namespace

Status check_rules(std::span<const std::string> stages, const json::object& resolved) {
  for (const std::string_view option : {"steps", "normalize_text"}) {
    if (resolved.contains(option)) DOCMILL_CHECK(check_words(resolved, option));
  }
  DOCMILL_CHECK(check_output_type(resolved));
  DOCMILL_CHECK(check_segmentation_mode(resolved));
  const auto tool = first_tool(resolved);
  if (tool.empty()) return {};
  if (std::find(stages.begin(), stages.end(), "ocr") != stages.end()) {
    return refuse(tool, "run the stage preprocessing by itself for that, before or after ocr");
  }
  if (!says_only(resolved, "steps", "auto", "none")) {
    return refuse(tool, "no steps can be done with it; clean the pages first, and give it the cleaned PDF");
  }
  if (!says_only(resolved, "cleaned", "auto", "none")) return refuse(tool, "there is nothing cleaned to be written");
  return {};
}

bool wants_pdfa(const json::object& options) {
  const auto* const type = options.if_contains("output_type");
  return type != nullptr && *type == "pdfa";
}

}  // namespace docmill
