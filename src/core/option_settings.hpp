// Options of stages that a configuration sets in the place of the table's defaults: `[ocr] language = "deu"`,
// DOCMILL_OCR_LANGUAGE. What a job is given with its submission beats them.
//
// Only the values live here; files and the environment are read in system/config_file.hpp. Not thread-safe.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <map>
#include <string>
#include <string_view>

#include "core/config_source.hpp"
#include "core/options.hpp"
#include "core/result.hpp"

namespace docmill {

class OptionSettings {
 public:
  struct Setting {
    boost::json::value value;  // of the option's type
    ConfigSource source = ConfigSource::built_in;
    std::string origin;  // for people: "/etc/docmill.toml:3", "environment DOCMILL_OCR_LANGUAGE"
  };

  // Takes `given` (text, or JSON of the option's type) unless the present value comes from a stronger source.
  // `section`: a stage, or every_stage. invalid_option, with origin and option in the sentence: an unknown option (the
  // nearest is named), or a bad value.
  Status set(std::string_view section, std::string_view name, const boost::json::value& given, ConfigSource source,
             const std::string& origin);

  // Null: not set.
  const Setting* find(const OptionSpec& spec) const;

  // `given`, and what is set here for the stages of `pipeline` and not given there. For resolve_options(), which
  // judges the pipeline: one that it would refuse takes no settings.
  boost::json::object beside(std::string_view pipeline, boost::json::object given) const;

 private:
  std::map<const OptionSpec*, Setting> settings_;
};

}  // namespace docmill
