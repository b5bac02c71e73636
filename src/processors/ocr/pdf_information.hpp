// The information about a document that a PDF carries, and PDF/A in XMP as well.
#pragma once

#include <qpdf/QPDF.hh>
#include <string>

namespace docmill::ocr {

// UTF-8; empty: not said.
struct PdfInformation {
  std::string title;
  std::string author;
  std::string subject;
  std::string keywords;
  std::string creator;   // the program that made what became the PDF
  std::string created;   // as PDF writes dates: D:20240131120000+01'00'
  std::string modified;  // likewise
};

// From the trailer's dictionary; what is not said there, from XMP. What qpdf throws passes through, here and below.
PdfInformation read_information(QPDF& pdf);

// Replaces the trailer's dictionary and the XMP metadata: both say the same, and that the file is PDF/A-2b
// (ISO 19005-2, 6.6).
void write_pdfa_information(QPDF& pdf, const PdfInformation& information);

}  // namespace docmill::ocr
