// What the nlp stage found in one document, as JSON: the artifact (docs/reference/nlp.schema.json) and the member `nlp`
// of the record.
#pragma once

#include <string>
#include <vector>

#include "core/result.hpp"
#include "processors/nlp/analysis.hpp"
#include "processors/nlp/barcodes.hpp"
#include "processors/nlp/entities.hpp"
#include "processors/nlp/options.hpp"
#include "processors/output.hpp"

namespace docmill::nlp {

struct PageBarcode {
  int page = 0;
  double dpi = 0;  // of the box
  Barcode barcode;
};

struct Findings {
  Analysis analysis;
  std::vector<Entity> entities;  // ascending
  std::vector<PageBarcode> barcodes;
};

// Positions are made code points of the text that was analysed.
Status write_findings(const Findings& findings, const NlpOptions& options, Output& output);

// {"language":"en","words":123,"entities":{"date":4},…}: what a summary of many documents needs.
std::string record_of(const Findings& findings, const NlpOptions& options);

}  // namespace docmill::nlp
