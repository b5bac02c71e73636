// PdfTools: writes a PDF again as it is, no page drawn anew: repaired, linearized, without encryption, some of its
// pages only, or in pieces. Bookmarks, forms, metadata and all else stay in a whole document; pieces have the pages
// with their annotations and form fields, and the document's information.
//
// Memory: qpdf keeps the objects of what it writes (not the data of streams): about 2 KB each. Pieces are written one
// after the other, and the document is read anew for them from time to time.
#pragma once

#include <memory>
#include <vector>

#include "processors/preprocessing/options.hpp"
#include "processors/preprocessing/pdf_pieces.hpp"
#include "processors/preprocessing/pdf_source.hpp"
#include "processors/stage.hpp"

namespace docmill::preprocessing {

class PdfTools {
 public:
  // `options` asks for a tool at least.
  //   unsupported_type: no PDF · unreadable: qpdf cannot repair it · encrypted: pieces would not be, and the option
  //   decrypt does not allow that
  static Result<std::unique_ptr<PdfTools>> open(const StageSetup& setup, const PdfToolOptions& options);

  // Page `number` is to be in the output; ascending.
  void keep(int number) { kept_.push_back(number); }

  // Writes everything, and what was wrong with the document into its record.
  //   too_large: too many pieces; else as Output::write()
  Status finish(RecordMembers& record);

 private:
  PdfTools(const StageSetup& setup, const PdfToolOptions& options, std::unique_ptr<PdfSource> source);

  Status write_whole();
  Status write_pieces();
  Piece next_piece(std::size_t begin);
  Status put_piece(const Piece& piece);
  void report(RecordMembers& record) const;

  const std::string name_;
  TaskContext& context_;
  const PdfToolOptions options_;
  const std::unique_ptr<PdfSource> source_;
  std::vector<int> kept_;
  std::vector<int> oversized_;  // pages that alone are larger than a piece may be
};

}  // namespace docmill::preprocessing
