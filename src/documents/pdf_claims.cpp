#include "documents/pdf_claims.hpp"

#include <map>
#include <pugixml.hpp>
#include <string_view>

#include "documents/pdf_visit.hpp"

namespace docmill {
namespace {

constexpr std::string_view pdfa_namespace = "http://www.aiim.org/pdfa/ns/id/";
constexpr std::string_view pdfua_namespace = "http://www.aiim.org/pdfua/ns/id/";

// Properties of the two namespaces, whether they are written as elements or as attributes.
class Properties final : public pugi::xml_tree_walker {
 public:
  bool for_each(pugi::xml_node& node) override {
    for (const auto attribute : node.attributes()) {
      constexpr std::string_view declaration = "xmlns:";
      const std::string_view name = attribute.name();
      if (name.starts_with(declaration)) namespaces_[std::string(name.substr(declaration.size()))] = attribute.value();
    }
    for (const auto attribute : node.attributes()) keep(attribute.name(), attribute.value());
    keep(node.name(), node.child_value());
    return true;
  }

  // The first one of that name; "" where there is none.
  std::string value(std::string_view of_namespace, std::string_view name) const {
    const auto found = values_.find({std::string(of_namespace), std::string(name)});
    return found == values_.end() ? "" : found->second;
  }

 private:
  void keep(std::string_view qualified, std::string_view value) {
    const auto colon = qualified.find(':');
    if (colon == std::string_view::npos) return;
    const auto space = namespaces_.find(std::string(qualified.substr(0, colon)));
    if (space == namespaces_.end() || (space->second != pdfa_namespace && space->second != pdfua_namespace)) return;
    const auto begin = value.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) return;
    value = value.substr(begin, value.find_last_not_of(" \t\r\n") - begin + 1);
    values_.emplace(std::pair(space->second, std::string(qualified.substr(colon + 1))), std::string(value));
  }

  std::map<std::string, std::string> namespaces_;  // by prefix; a prefix means the same throughout an XMP packet
  std::map<std::pair<std::string, std::string>, std::string> values_;
};

std::string in_small_letters(std::string text) {
  for (auto& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

}  // namespace

PdfClaims read_claims(const std::string& xmp) {
  pugi::xml_document document;
  // A packet that is cut off still has what stands at its front.
  static_cast<void>(document.load_buffer(xmp.data(), xmp.size()));
  Properties properties;
  document.traverse(properties);
  PdfClaims claims;
  claims.pdfa = cut_text(properties.value(pdfa_namespace, "part"));
  if (!claims.pdfa.empty()) claims.pdfa += in_small_letters(cut_text(properties.value(pdfa_namespace, "conformance")));
  claims.pdfua = cut_text(properties.value(pdfua_namespace, "part"));
  return claims;
}

}  // namespace docmill
