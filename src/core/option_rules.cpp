#include "core/option_rules.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <string_view>

#include "core/language.hpp"

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

Status check_output_type(const json::object& resolved) {
  if (!wants_pdfa(resolved)) return {};
  const auto& formats = resolved.at("format").as_array();
  if (std::find(formats.begin(), formats.end(), json::value("pdf")) != formats.end()) return {};
  return fail(ErrorCode::invalid_option,
              "option 'output_type' pdfa is about the format pdf, which is not among those of "
              "option 'format': ask for it, as in --format pdf");
}

Status check_page_rules(const json::object& resolved) {
  if (!resolved.contains("min_pages")) return {};
  const auto most = resolved.at("max_pages").to_number<int>();
  if (most == 0 || resolved.at("min_pages").to_number<int>() <= most) return {};
  return fail(ErrorCode::invalid_option, "option 'min_pages' is greater than 'max_pages': no document has both");
}

Error shows_what_is_masked(const std::string& output) {
  return fail(ErrorCode::invalid_option, "option 'redact' masks the text only: " + output +
                                             " would show what is masked; leave it out, or ask for none");
}

// ocr leaves the text to nlp; its other formats, and pictures of pages, have every word. So have thumbnails, and what
// validation reports of links.
Status check_redaction(const json::object& resolved) {
  const auto* const redact = resolved.if_contains("redact");
  if (redact == nullptr || says_only(resolved, "redact", "none", "none")) return {};
  if (resolved.contains("format") && !says_only(resolved, "format", "txt", "txt"))
    return shows_what_is_masked("a 'format' other than txt");
  if (resolved.contains("report") && !says_only(resolved, "report", "none", "none"))
    return shows_what_is_masked("the 'report' of validation");
  if (!resolved.contains("steps")) return {};
  if (!says_only(resolved, "cleaned", "auto", "none")) return shows_what_is_masked("'cleaned' as PDF or TIFF");
  if (resolved.at("keep_steps").as_bool()) return shows_what_is_masked("'keep_steps'");
  return {};
}

}  // namespace

Status check_engine_languages(const json::value& languages) {
  DOCMILL_CHECK(engine_languages(languages.as_string()));
  return {};
}

// 0 finds only how the page is turned, 2 only where its text is: neither recognises any.
Status check_segmentation_mode(const json::value& mode) {
  if (mode != 0 && mode != 2) return {};
  return fail(ErrorCode::invalid_option,
              json::serialize(mode) + " recognises no text; 1 or 3 to 13 do, and 3 suits most pages");
}

Status check_rules(std::span<const std::string> stages, const json::object& resolved) {
  DOCMILL_CHECK(check_output_type(resolved));
  DOCMILL_CHECK(check_page_rules(resolved));
  DOCMILL_CHECK(check_redaction(resolved));
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
