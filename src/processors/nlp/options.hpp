// The nlp stage's options, read.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "processors/nlp/analysis.hpp"
#include "processors/nlp/entities.hpp"
#include "processors/text_normalization.hpp"

namespace docmill::nlp {

struct NlpOptions {
  std::vector<std::string> analyses;  // what to write
  AnalysisOptions analysis;
  std::vector<EntityKind> redact;  // empty: nothing
  bool names = false;              // find people, organisations and places, too; masking them asks for it
  TextNormalization text;          // of the text before anything is found in it

  bool writes(std::string_view name) const;
};

// `options`: of the whole pipeline, checked.
NlpOptions read_nlp_options(const boost::json::object& options);

}  // namespace docmill::nlp
