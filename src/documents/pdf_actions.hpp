// What a PDF may do when it is opened, turned over, clicked at or filled in: scripts, programs, references to the
// outside; and the files that it carries.
#pragma once

#include <qpdf/QPDFObjectHandle.hh>
#include <string>

#include "documents/pdf_visit.hpp"

namespace docmill {

// Where an action stands.
struct PdfSite {
  PdfPlace place = PdfPlace::document;
  int page = 0;
};

// The actions of `owner` (a catalog, page, annotation, field or outline item): its /A, /AA, /PA.
void look_at_actions(QPDFObjectHandle owner, const PdfSite& site, PdfVisit& visit);

// Of the catalog: what happens on opening, named scripts, attached files, outlines.
void look_at_catalog_actions(QPDFObjectHandle catalog, PdfVisit& visit);

// An annotation: its actions, and what it carries.
void look_at_annotation(QPDFObjectHandle annotation, int page, PdfVisit& visit);

// A stream whose data stand in another file, a form that shows a page of another document.
void look_for_foreign_data(QPDFObjectHandle stream, int page, PdfVisit& visit);

}  // namespace docmill
