// PdfVisit: the way of an inspection through the objects of a PDF: each is entered once, up to a limit, and what is
// found is kept up to a limit. With it, readers of objects that are what they should not be. None of them makes qpdf
// warn: its warnings are to be about the file.
#pragma once

#include <cstdint>
#include <functional>
#include <qpdf/QPDFObjGen.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "documents/pdf_inspection.hpp"

namespace docmill {

class PdfVisit {
 public:
  PdfVisit(const PdfInspectionLimits& limits, PdfFacts& facts) : limits_(limits), facts_(facts) {}
  PdfVisit(const PdfVisit&) = delete;
  PdfVisit& operator=(const PdfVisit&) = delete;

  // Whether `object` is to be looked at now: not if it was entered before, nor if there have been too many. Objects
  // without a number of their own count, but cannot be known again.
  bool enter(QPDFObjectHandle object);
  // Over a limit, which is then noted: nothing more is entered.
  bool is_exhausted();
  // Calls `look` with each item of an array (else: never), up to the limit. Long arrays may be shared by many owners:
  // looking at an item costs, whether it is entered or not.
  template <class Look>
  void each_item(QPDFObjectHandle array, Look look) {
    const int count = array.isArray() ? array.getArrayNItems() : 0;
    for (int i = 0; i < count && may_look(); ++i) look(array.getArrayItem(i));
  }

  // Adds to a list of facts. `what`: its name, for `looked_no_further`.
  template <class Item>
  void add(std::vector<Item>& list, Item item, const char* what) {
    if (list.size() < limits_.items) {
      list.push_back(std::move(item));
    } else {
      look_no_further(std::string(what) + ": only the first " + std::to_string(limits_.items) + " are listed");
    }
  }
  void add_damage(PdfDamageKind kind, std::string message, int page);
  // `what`: a sentence without its full stop, said once.
  void look_no_further(const std::string& what);

  const PdfInspectionLimits& limits() const { return limits_; }
  PdfFacts& facts() { return facts_; }

 private:
  static constexpr std::int64_t looks_per_object = 10;
  bool may_look();

  const PdfInspectionLimits limits_;
  PdfFacts& facts_;
  int objects_ = 0;
  std::int64_t looks_ = 0;
  std::set<QPDFObjGen> entered_;
};

// The dictionary that `object` is, or has as a stream; else null.
QPDFObjectHandle dictionary_of(QPDFObjectHandle object);
// An entry of a dictionary or of a stream's; null where there is none.
QPDFObjectHandle entry_of(QPDFObjectHandle object, const std::string& key);
// "" where it is no string (name), valid UTF-8, cut.
std::string text_of(QPDFObjectHandle object);
std::string name_of(QPDFObjectHandle object);  // without its slash
// Valid UTF-8, at most 1,000 bytes.
std::string cut_text(const std::string& text);

// Calls `look` with the names and values of a name tree, up to what the visit allows.
void each_name_in_tree(QPDFObjectHandle root, PdfVisit& visit,
                       const std::function<void(const std::string&, QPDFObjectHandle)>& look);

}  // namespace docmill
