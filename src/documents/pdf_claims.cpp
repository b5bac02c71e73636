#include "documents/pdf_claims.hpp"

#include <string_view>

#include "documents/pdf_visit.hpp"

namespace docmill {
namespace {

constexpr std::string_view pdfa_namespace = "http://www.aiim.org/pdfa/ns/id/";
constexpr std::string_view pdfua_namespace = "http://www.aiim.org/pdfua/ns/id/";

std::string in_small_letters(std::string text) {
  for (auto& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

}  // namespace

PdfClaims claims_of(const XmpProperties& properties) {
  PdfClaims claims;
  claims.pdfa = cut_text(properties.value(pdfa_namespace, "part"));
  if (!claims.pdfa.empty()) claims.pdfa += in_small_letters(cut_text(properties.value(pdfa_namespace, "conformance")));
  claims.pdfua = cut_text(properties.value(pdfua_namespace, "part"));
  return claims;
}

}  // namespace docmill
