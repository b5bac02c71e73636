#include "documents/pdf_form.hpp"

#include <array>
#include <deque>
#include <set>
#include <string>

#include "documents/pdf_actions.hpp"
#include "documents/pdf_traps.hpp"

namespace docmill {
namespace {

struct Field {
  QPDFObjectHandle object;
  std::string parent;  // its full name
  bool is_signature = false;
};

// A signature covers the file when its two ranges are everything but one hexadecimal string: the signature.
bool covers(QPDFObjectHandle range, std::string_view bytes) {
  std::array<unsigned long long, 4> numbers{};
  if (!range.isArray() || range.getArrayNItems() != static_cast<int>(numbers.size())) return false;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    auto item = range.getArrayItem(static_cast<int>(i));
    if (!item.isInteger() || item.getIntValue() < 0) return false;
    numbers[i] = static_cast<unsigned long long>(item.getIntValue());
  }
  const auto [first, first_size, second, second_size] = numbers;
  if (first != 0 || first_size >= second || second > bytes.size() || second_size != bytes.size() - second) return false;
  const auto gap = bytes.substr(first_size, second - first_size);
  if (gap.size() < 2 || gap.front() != '<' || gap.back() != '>') return false;
  return gap.find_first_not_of("0123456789abcdefABCDEF \t\r\n", 1) == gap.size() - 1;
}

void look_at_signature(QPDFObjectHandle value, const std::string& field, std::string_view bytes, PdfVisit& visit) {
  if (!value.isDictionary() || !visit.enter(value)) return;
  PdfSignature signature;
  signature.field = field;
  signature.signer = text_of(value.getKey("/Name"));
  signature.date = text_of(value.getKey("/M"));
  signature.format = name_of(value.getKey("/SubFilter"));
  signature.covers_whole_file = covers(value.getKey("/ByteRange"), bytes);
  visit.add(visit.facts().signatures, std::move(signature), "signatures");
}

std::string full_name(Field field) {
  const auto own = text_of(field.object.getKey("/T"));
  if (own.empty() || field.parent.empty()) return field.parent + own;
  return cut_text(field.parent + "." + own);
}

}  // namespace

void look_at_form(QPDFObjectHandle form, std::string_view bytes, PdfVisit& visit) {
  if (!form.isDictionary()) return;
  visit.facts().has_xfa_form = !form.getKey("/XFA").isNull();
  if (is_endless(form)) {
    visit.add_damage(PdfDamageKind::object, "the fields of the form stand in one another too often or too deep", 0);
  }
  std::deque<Field> fields;
  const auto add = [&](const Field& parent, QPDFObjectHandle list) {
    visit.each_item(list, [&](QPDFObjectHandle item) { fields.push_back({item, parent.parent, parent.is_signature}); });
  };
  add({}, form.getKey("/Fields"));
  std::set<QPDFObjGen> seen;
  while (!fields.empty() && !visit.is_exhausted()) {
    auto field = fields.front();
    fields.pop_front();
    if (!field.object.isDictionary()) continue;
    if (field.object.isIndirect() && !seen.insert(field.object.getObjGen()).second) continue;
    // A field with one widget is that widget, and may have been seen on its page.
    if (visit.enter(field.object)) look_at_actions(field.object, {.place = PdfPlace::field}, visit);
    if (auto type = field.object.getKey("/FT"); type.isName()) field.is_signature = type.getName() == "/Sig";
    field.parent = full_name(field);
    if (field.is_signature) look_at_signature(field.object.getKey("/V"), field.parent, bytes, visit);
    add(field, field.object.getKey("/Kids"));
  }
}

}  // namespace docmill
