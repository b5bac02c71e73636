#include "processors/preprocessing/options.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <string_view>
#include <utility>

namespace docmill::preprocessing {
namespace {

namespace json = boost::json;

constexpr std::array names{std::pair{Step::rotate, std::string_view("rotate")},
                           std::pair{Step::split, std::string_view("split")},
                           std::pair{Step::borders, std::string_view("borders")},
                           std::pair{Step::deskew, std::string_view("deskew")},
                           std::pair{Step::dewarp, std::string_view("dewarp")},
                           std::pair{Step::background, std::string_view("background")},
                           std::pair{Step::specks, std::string_view("specks")},
                           std::pair{Step::contrast, std::string_view("contrast")},
                           std::pair{Step::resolution, std::string_view("resolution")},
                           std::pair{Step::binarize, std::string_view("binarize")}};

// `auto`: what does no harm to any page.
constexpr std::array usual{Step::rotate,     Step::borders, Step::deskew,  Step::dewarp,
                           Step::background, Step::specks,  Step::contrast};

bool is_set(const json::object& options, std::string_view name) {
  const auto* const value = options.if_contains(name);
  return value != nullptr && value->as_bool();
}

std::set<std::string> texts_of(const json::object& options, std::string_view name) {
  std::set<std::string> texts;
  for (const auto& item : options.at(name).as_array()) texts.emplace(item.as_string());
  return texts;
}

PdfToolOptions read_pdf_tools(const json::object& resolved) {
  PdfToolOptions tools;
  tools.repair = is_set(resolved, "repair");
  tools.linearize = is_set(resolved, "linearize");
  tools.decrypt = is_set(resolved, "decrypt");
  tools.split_pages = resolved.at("split_pages").to_number<int>();
  tools.split_size = resolved.at("split_size").to_number<std::uint64_t>();
  return tools;
}

}  // namespace

std::string name_of(Step step) {
  const auto* const found =
      std::find_if(names.begin(), names.end(), [&](const auto& known) { return known.first == step; });
  return std::string(found->second);
}

PreprocessingOptions read_options(const json::object& resolved) {
  PreprocessingOptions options;
  if (resolved.contains("steps")) {
    options.pdf_tools = read_pdf_tools(resolved);
    const auto steps = texts_of(resolved, "steps");
    if (steps.contains("auto") && !options.pdf_tools.any()) options.steps.insert(usual.begin(), usual.end());
    for (const auto& [step, name] : names) {
      if (steps.contains(std::string(name))) options.steps.insert(step);
    }
    options.outputs = texts_of(resolved, "cleaned");
    options.outputs.erase("none");
    options.output_dpi = resolved.at("output_dpi").to_number<int>();
    options.keep_steps = is_set(resolved, "keep_steps");
  }
  if (is_set(resolved, "rotate_pages")) options.steps.insert(Step::rotate);
  if (is_set(resolved, "deskew")) options.steps.insert(Step::deskew);
  if (is_set(resolved, "clean")) options.steps.insert({Step::borders, Step::background, Step::specks});
  return options;
}

}  // namespace docmill::preprocessing
