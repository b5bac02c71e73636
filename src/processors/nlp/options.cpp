#include "processors/nlp/options.hpp"

#include <algorithm>
#include <boost/json.hpp>

namespace docmill::nlp {
namespace {

namespace json = boost::json;

std::vector<std::string> names_of(const json::value& list) {
  std::vector<std::string> names;
  for (const auto& item : list.as_array()) names.emplace_back(item.as_string());
  return names;
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

bool NlpOptions::writes(std::string_view name) const { return contains(analyses, name); }

NlpOptions read_nlp_options(const json::object& options) {
  NlpOptions result;
  result.text = TextNormalization::from(options);
  result.analyses = names_of(options.at("analyses"));
  result.analysis.key_phrases = options.at("key_phrases").to_number<std::size_t>();
  result.analysis.summary_sentences = options.at("summary_sentences").to_number<std::size_t>();
  for (const auto& name : names_of(options.at("redact"))) {
    for (const auto known : entity_names) {
      const auto kind = *entity_kind_from_string(known);
      // Not all: too many names are missed to mask them unasked.
      if (name == known || (name == "all" && !is_name(kind))) result.redact.push_back(kind);
    }
  }
  result.names = options.at("names").as_bool() || std::any_of(result.redact.begin(), result.redact.end(), is_name);
  return result;
}

}  // namespace docmill::nlp
