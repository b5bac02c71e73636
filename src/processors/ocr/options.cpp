#include "processors/ocr/options.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "core/language.hpp"
#include "core/options.hpp"

namespace docmill::ocr {
namespace {

namespace json = boost::json;

Result<json::object> parse_object(std::string_view text) {
  boost::system::error_code error;
  auto value = json::parse(text, error);
  if (error || !value.is_object()) {
    return fail(ErrorCode::invalid_option, "the options of a job must be a JSON object");
  }
  return std::move(value.get_object());
}

std::string text_of(const json::object& options, std::string_view name) {
  return std::string(options.at(name).as_string());
}

int number_of(const json::object& options, std::string_view name) { return options.at(name).to_number<int>(); }

Mode mode_of(const json::object& options) {
  const auto& name = options.at("mode").as_string();
  if (name == "force") return Mode::force;
  if (name == "skip") return Mode::skip;
  if (name == "redo") return Mode::redo;
  return Mode::automatic;
}

std::vector<std::string> formats_of(const json::object& options) {
  std::vector<std::string> formats;
  for (const auto& item : options.at("format").as_array()) {
    std::string format(item.as_string());
    if (std::find(formats.begin(), formats.end(), format) == formats.end()) formats.push_back(std::move(format));
  }
  return formats;
}

// 0 finds only how the page is turned, 2 only where its text is: neither recognises any.
Status check_segmentation_mode(int mode) {
  if (mode != 0 && mode != 2) return {};
  return fail(ErrorCode::invalid_option, "option 'tesseract_pagesegmode' " + std::to_string(mode) +
                                             " recognises no text; 1 or 3 to 13 do, and 3 suits most pages");
}

}  // namespace

std::string OcrOptions::language_names() const {
  std::string names;
  for (const auto& language : languages) names.append(names.empty() ? "" : "+").append(language);
  return names;
}

Result<OcrOptions> parse_ocr_options(std::string_view text) {
  DOCMILL_TRY(given, parse_object(text));
  DOCMILL_TRY(resolved, resolve_options("ocr", given));
  DOCMILL_TRY(languages, engine_languages(text_of(resolved, "language")));
  OcrOptions options;
  options.languages = std::move(languages);
  options.mode = mode_of(resolved);
  options.formats = formats_of(resolved);
  options.pages = text_of(resolved, "pages");
  options.password = text_of(resolved, "password");
  options.oversample = number_of(resolved, "oversample");
  options.image_dpi = number_of(resolved, "image_dpi");
  options.segmentation_mode = number_of(resolved, "tesseract_pagesegmode");
  options.prepare = resolved.at("prepare").as_bool();
  DOCMILL_CHECK(check_segmentation_mode(options.segmentation_mode));
  return options;
}

}  // namespace docmill::ocr
