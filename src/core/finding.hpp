// The findings of the stage validation, one table: code, the check that looks for it, severity, sentence. The stage,
// the rules of users and the documentation go by it. To add one, add the enumerator and its row.
//
// Codes are stable: one is never renamed or reused.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace docmill {

// The worst finding makes the verdict: error → invalid, warning → warning, info → valid.
enum class Severity { off, info, warning, error };
std::string_view to_string(Severity severity);
std::optional<Severity> severity_from_string(std::string_view name);

enum class FindingCode {
  // It cannot be opened.
  unreadable,
  encrypted,
  unsupported_type,
  page_unreadable,
  page_damaged,
  type_mismatch,
  pdf_header,
  pdf_truncated,
  pdf_cross_references,
  pdf_page_tree,
  pdf_stream,
  pdf_object,
  pdf_geometry,
  part_unreadable,
  not_all_inspected,
  encryption,
  permissions,
  javascript,
  launch_action,
  xfa_form,
  embedded_file,
  external_reference,
  external_link,
  signature,
  signature_partial,
  claims_pdfa,
  claims_pdfua,
  pdfa_contradicted,
  font_missing,
  standard_font_missing,
  blank_page,
  blank_document,
  low_resolution,
  skewed,
  blurred,
  low_contrast,
  clipped,
  no_text,
  garbled_text,
  low_confidence,
  // What the user demands.
  type_not_allowed,
  too_few_pages,
  too_many_pages,
  pattern_missing,
  pattern_found,
  below_min_dpi,
  below_min_confidence,
  language_not_allowed,
};

struct FindingInfo {
  FindingCode code;
  std::string_view name;
  std::string_view check;     // the value of the option `checks` that looks for it; empty: always looked for
  Severity severity;          // unless the user says otherwise
  std::string_view sentence;  // each {} stands for a detail
};

inline constexpr std::array finding_table{
    FindingInfo{FindingCode::unreadable, "unreadable", "", Severity::error, "It cannot be opened: {}"},
    FindingInfo{FindingCode::encrypted, "encrypted", "", Severity::error, "It cannot be opened: {}"},
    FindingInfo{FindingCode::unsupported_type, "unsupported_type", "", Severity::error, "It cannot be opened: {}"},
    FindingInfo{FindingCode::page_unreadable, "page_unreadable", "", Severity::error, "The page cannot be read: {}"},
    FindingInfo{FindingCode::page_damaged, "page_damaged", "", Severity::error, "Part of the page cannot be read: {}"},
    FindingInfo{FindingCode::type_mismatch, "type_mismatch", "type", Severity::error,
                "The name ends in .{}, but the content is {}."},
    FindingInfo{FindingCode::pdf_header, "pdf_header", "structure", Severity::warning,
                "The file does not begin as a PDF does: {}."},
    FindingInfo{FindingCode::pdf_truncated, "pdf_truncated", "structure", Severity::error,
                "The end of the file is missing: {}."},
    FindingInfo{FindingCode::pdf_cross_references, "pdf_cross_references", "structure", Severity::error,
                "The table that says where everything stands is damaged: {}."},
    FindingInfo{FindingCode::pdf_page_tree, "pdf_page_tree", "structure", Severity::error,
                "The list of pages is damaged: {}."},
    FindingInfo{FindingCode::pdf_stream, "pdf_stream", "structure", Severity::error,
                "Data that cannot be decoded or are incomplete: {}."},
    FindingInfo{FindingCode::pdf_object, "pdf_object", "structure", Severity::warning, "A damaged object: {}."},
    FindingInfo{FindingCode::pdf_geometry, "pdf_geometry", "structure", Severity::warning,
                "The size or position of the page makes no sense: {} {}."},
    FindingInfo{FindingCode::part_unreadable, "part_unreadable", "structure", Severity::warning,
                "A part cannot be read: {}"},
    FindingInfo{FindingCode::not_all_inspected, "not_all_inspected", "structure", Severity::info,
                "Not everything was looked at: {}."},
    FindingInfo{FindingCode::encryption, "encryption", "encryption", Severity::warning, "It is encrypted: {}."},
    FindingInfo{FindingCode::permissions, "permissions", "encryption", Severity::warning,
                "It asks programs to forbid: {}."},
    FindingInfo{FindingCode::javascript, "javascript", "scripts", Severity::warning, "It runs JavaScript ({}, {})."},
    FindingInfo{FindingCode::launch_action, "launch_action", "scripts", Severity::error,
                "It starts a program or opens a file: {}."},
    FindingInfo{FindingCode::xfa_form, "xfa_form", "scripts", Severity::warning,
                "It has a form in XML (XFA), which may run scripts and which few programs show."},
    FindingInfo{FindingCode::embedded_file, "embedded_file", "attachments", Severity::warning,
                "A file is embedded in it: {}."},
    FindingInfo{FindingCode::external_reference, "external_reference", "references", Severity::warning,
                "It needs something outside of itself: {} ({})."},
    FindingInfo{FindingCode::external_link, "external_link", "references", Severity::info,
                "It links to addresses outside, {} in all, the first being {}."},
    FindingInfo{FindingCode::signature, "signature", "signatures", Severity::info,
                "It is signed, as it says by {}; the signature was not verified."},
    FindingInfo{FindingCode::signature_partial, "signature_partial", "signatures", Severity::warning,
                "A signature does not cover the whole file: {}."},
    FindingInfo{FindingCode::claims_pdfa, "claims_pdfa", "claims", Severity::info, "It claims to be PDF/A-{}."},
    FindingInfo{FindingCode::claims_pdfua, "claims_pdfua", "claims", Severity::info, "It claims to be PDF/UA-{}."},
    FindingInfo{FindingCode::pdfa_contradicted, "pdfa_contradicted", "claims", Severity::error,
                "It claims to be PDF/A-{}, but {}."},
    FindingInfo{FindingCode::font_missing, "font_missing", "fonts", Severity::warning,
                "The font {} is not embedded: its text may look different elsewhere, or be unreadable."},
    FindingInfo{FindingCode::standard_font_missing, "standard_font_missing", "fonts", Severity::info,
                "The font {} is not embedded; readers have one like it."},
    FindingInfo{FindingCode::blank_page, "blank_page", "blank", Severity::warning, "The page is blank."},
    FindingInfo{FindingCode::blank_document, "blank_document", "blank", Severity::error, "There is nothing in it: {}."},
    FindingInfo{FindingCode::low_resolution, "low_resolution", "resolution", Severity::warning,
                "The page has {}: small print cannot be read reliably."},
    FindingInfo{FindingCode::skewed, "skewed", "skew", Severity::warning, "The page lies askew by {} degrees."},
    FindingInfo{FindingCode::blurred, "blurred", "blur", Severity::warning,
                "The page is blurred: edges are {} of a small letter's height wide."},
    FindingInfo{FindingCode::low_contrast, "low_contrast", "contrast", Severity::warning,
                "The print is pale: its contrast is {} of black on white."},
    FindingInfo{FindingCode::clipped, "clipped", "borders", Severity::warning, "Text is cut off at the {} edge."},
    FindingInfo{FindingCode::no_text, "no_text", "text", Severity::info,
                "The page has no text that could be searched."},
    FindingInfo{FindingCode::garbled_text, "garbled_text", "text", Severity::warning,
                "The text layer is no text: its fonts do not say which characters they show."},
    FindingInfo{FindingCode::low_confidence, "low_confidence", "confidence", Severity::warning,
                "The page was recognised with a confidence of only {}."},
    FindingInfo{FindingCode::type_not_allowed, "type_not_allowed", "", Severity::error,
                "The content is {}; allowed are: {}."},
    FindingInfo{FindingCode::too_few_pages, "too_few_pages", "", Severity::error,
                "Its pages are too few: {}; at least {} are demanded."},
    FindingInfo{FindingCode::too_many_pages, "too_many_pages", "", Severity::error,
                "Its pages are too many: {}; at most {} are allowed."},
    FindingInfo{FindingCode::pattern_missing, "pattern_missing", "", Severity::error,
                "Its text has nothing that fits the demanded pattern {}."},
    FindingInfo{FindingCode::pattern_found, "pattern_found", "", Severity::error,
                "Its text has something that fits the forbidden pattern {}."},
    FindingInfo{FindingCode::below_min_dpi, "below_min_dpi", "", Severity::error,
                "The page has {} dpi; at least {} are demanded."},
    FindingInfo{FindingCode::below_min_confidence, "below_min_confidence", "", Severity::error,
                "The page was recognised with a confidence of {}; at least {} is demanded."},
    FindingInfo{FindingCode::language_not_allowed, "language_not_allowed", "", Severity::error,
                "Its language is {}; allowed are: {}."},
};

const FindingInfo& info_of(FindingCode code);
std::optional<FindingCode> finding_code_from_string(std::string_view name);

}  // namespace docmill
