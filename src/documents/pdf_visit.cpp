#include "documents/pdf_visit.hpp"

#include <algorithm>

#include "documents/text_format.hpp"

namespace docmill {
namespace {

constexpr std::size_t longest_text = 1000;

}  // namespace

bool PdfVisit::is_exhausted() {
  const bool is_enough = objects_ >= limits_.objects || looks_ >= looks_per_object * limits_.objects;
  if (is_enough) look_no_further("objects: only the first " + std::to_string(objects_) + " were looked at");
  return is_enough;
}

bool PdfVisit::may_look() {
  if (is_exhausted()) return false;
  ++looks_;
  return true;
}

bool PdfVisit::enter(QPDFObjectHandle object) {
  if (!may_look()) return false;
  if (object.isIndirect() && !entered_.insert(object.getObjGen()).second) return false;
  ++objects_;
  return true;
}

void PdfVisit::add_damage(PdfDamageKind kind, std::string message, int page) {
  add(facts_.damage, PdfDamage{.kind = kind, .page = page, .message = cut_text(message)}, "damage");
}

void PdfVisit::look_no_further(const std::string& what) {
  auto& said = facts_.looked_no_further;
  if (std::find(said.begin(), said.end(), what) == said.end()) said.push_back(what);
}

QPDFObjectHandle dictionary_of(QPDFObjectHandle object) {
  if (object.isStream()) return object.getDict();
  return object.isDictionary() ? object : QPDFObjectHandle::newNull();
}

QPDFObjectHandle entry_of(QPDFObjectHandle object, const std::string& key) {
  auto dictionary = dictionary_of(object);
  return dictionary.isDictionary() ? dictionary.getKey(key) : QPDFObjectHandle::newNull();
}

std::string cut_text(const std::string& text) {
  auto valid = valid_utf8(text);
  if (valid.size() <= longest_text) return valid;
  auto end = longest_text;
  while (end > 0 && (static_cast<unsigned char>(valid[end]) & 0xC0U) == 0x80U) --end;
  valid.resize(end);
  return valid + "…";
}

std::string text_of(QPDFObjectHandle object) { return object.isString() ? cut_text(object.getUTF8Value()) : ""; }

std::string name_of(QPDFObjectHandle object) { return object.isName() ? cut_text(object.getName().substr(1)) : ""; }

void each_name_in_tree(QPDFObjectHandle root, PdfVisit& visit,
                       const std::function<void(const std::string&, QPDFObjectHandle)>& look) {
  std::vector<QPDFObjectHandle> nodes{root};
  while (!nodes.empty()) {
    auto node = nodes.back();
    nodes.pop_back();
    if (!node.isDictionary() || !visit.enter(node)) continue;
    bool is_name = true;
    std::string name;
    visit.each_item(node.getKey("/Names"), [&](QPDFObjectHandle item) {
      if (is_name) {
        name = text_of(item);
      } else {
        look(name, item);
      }
      is_name = !is_name;
    });
    visit.each_item(node.getKey("/Kids"), [&](QPDFObjectHandle kid) { nodes.push_back(kid); });
  }
}

}  // namespace docmill
