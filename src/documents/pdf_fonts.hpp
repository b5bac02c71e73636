// PdfFonts: which fonts the pages of a PDF use that are not embedded, and the programs of those that are. A font counts
// for a page when it stands in the page's resources, or in those of a form, pattern or stamp that the page may draw,
// whether or not it is drawn.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <qpdf/QPDFObjGen.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "documents/pdf_visit.hpp"

namespace docmill {

class PdfFonts {
 public:
  // Shown the program of each embedded font, with the first page that may use it.
  using LookAtProgram = std::function<void(QPDFObjectHandle program, int page)>;

  PdfFonts(PdfVisit& visit, LookAtProgram look_at_program)
      : visit_(visit), look_at_program_(std::move(look_at_program)) {}

  // What page `page` may draw with; pages come in ascending order.
  void look_at_resources(QPDFObjectHandle resources, int page);
  void look_at_appearance(QPDFObjectHandle annotation, int page);
  // After the last page: into the facts.
  void finish();

 private:
  enum class Kind { resources, objects, fonts };  // a resource dictionary, or one of those in it
  struct Node {
    QPDFObjectHandle dictionary;
    Kind kind = Kind::resources;
  };
  using Found = std::vector<std::size_t>;  // indexes into fonts_

  Found collect(Node root, int page);
  // What is still to be looked at, and what has been: resources may contain each other.
  struct Search {
    int page = 0;
    std::vector<Node> nodes;
    std::set<QPDFObjGen> seen;
    Found found;

    bool is_new(QPDFObjectHandle object) { return !object.isIndirect() || seen.insert(object.getObjGen()).second; }
  };
  void expand(Node node, Search& search);
  void use(const Found& found, int page);
  std::optional<std::size_t> missing_font(QPDFObjectHandle font, int page);
  std::optional<std::size_t> number_of(QPDFObjectHandle font, int page);

  PdfVisit& visit_;
  const LookAtProgram look_at_program_;
  std::vector<PdfMissingFont> fonts_;
  std::map<std::pair<std::string, std::string>, std::size_t> numbers_;  // name and type → index into fonts_
  std::map<QPDFObjGen, std::optional<std::size_t>> known_fonts_;
  std::map<QPDFObjGen, Found> known_;  // pages share resources
};

}  // namespace docmill
