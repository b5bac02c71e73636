#include "processors/validation/pdf_checks.hpp"

#include <algorithm>
#include <array>

namespace docmill::validation {
namespace {

constexpr std::array inspecting_checks{std::string_view{"structure"},  std::string_view{"encryption"},
                                       std::string_view{"scripts"},    std::string_view{"attachments"},
                                       std::string_view{"references"}, std::string_view{"signatures"},
                                       std::string_view{"claims"},     std::string_view{"fonts"}};

FindingCode code_of(PdfDamageKind kind) {
  switch (kind) {
    case PdfDamageKind::header:
      return FindingCode::pdf_header;
    case PdfDamageKind::truncated:
      return FindingCode::pdf_truncated;
    case PdfDamageKind::cross_references:
      return FindingCode::pdf_cross_references;
    case PdfDamageKind::page_tree:
      return FindingCode::pdf_page_tree;
    case PdfDamageKind::stream:
      return FindingCode::pdf_stream;
    case PdfDamageKind::object:
      break;
  }
  return FindingCode::pdf_object;
}

std::string_view name_of(PdfPlace place) {
  constexpr std::array names{std::string_view{"of the document"}, std::string_view{"of a page"},
                             std::string_view{"of an annotation"}, std::string_view{"of a form field"},
                             std::string_view{"of an outline entry"}};
  return names.at(static_cast<std::size_t>(place));
}

std::string_view name_of(PdfReferenceKind kind) {
  constexpr std::array names{std::string_view{"an address"},     std::string_view{"another document"},
                             std::string_view{"a form sent to"}, std::string_view{"form data"},
                             std::string_view{"media"},          std::string_view{"data of its own"}};
  return names.at(static_cast<std::size_t>(kind));
}

std::string without_full_stop(std::string_view sentence) {
  while (!sentence.empty() && (sentence.back() == '.' || sentence.back() == ' ')) sentence.remove_suffix(1);
  return std::string(sentence);
}

std::string or_unnamed(const std::string& name) { return name.empty() ? "(no name)" : name; }

class PdfJudge {
 public:
  PdfJudge(const PdfFacts& facts, const ValidationOptions& options) : facts_(facts), options_(options) {}

  std::vector<Finding> operator()() {
    if (options_.looks_for("structure")) judge_structure();
    if (options_.looks_for("encryption") && facts_.encryption) judge_encryption(*facts_.encryption);
    if (options_.looks_for("scripts")) judge_scripts();
    if (options_.looks_for("attachments")) judge_attachments();
    if (options_.looks_for("references")) judge_references();
    if (options_.looks_for("signatures")) judge_signatures();
    if (options_.looks_for("claims")) judge_claims();
    if (options_.looks_for("fonts")) judge_fonts();
    return std::move(findings_);
  }

 private:
  void add(FindingCode code, int page, std::initializer_list<std::string_view> details = {}) {
    findings_.push_back(make_finding(code, page, details));
  }

  void judge_structure() {
    for (const auto& damage : facts_.damage) {
      add(code_of(damage.kind), damage.page, {without_full_stop(damage.message)});
    }
    for (const auto& problem : facts_.box_problems) {
      add(FindingCode::pdf_geometry, problem.page, {problem.box, problem.problem});
    }
    for (const auto& what : facts_.looked_no_further) add(FindingCode::not_all_inspected, 0, {without_full_stop(what)});
  }

  void judge_encryption(const PdfEncryption& encryption) {
    add(FindingCode::encryption, 0,
        {encryption.method + (encryption.key_bits > 0 ? ", " + std::to_string(encryption.key_bits) + " bits" : "") +
         (encryption.needs_none ? ", but opens without a password" : "")});
    if (encryption.as_owner) return;
    struct Right {
      bool is_given;
      std::string_view name;
    };
    const std::array rights{Right{encryption.may_print, "printing"},
                            Right{encryption.may_print_well || !encryption.may_print, "printing in full resolution"},
                            Right{encryption.may_copy, "copying text and pictures"},
                            Right{encryption.may_extract_for_accessibility, "reading aloud"},
                            Right{encryption.may_modify, "changes"},
                            Right{encryption.may_annotate, "notes"},
                            Right{encryption.may_fill_forms, "filling in forms"},
                            Right{encryption.may_assemble, "inserting, turning and deleting pages"}};
    std::string forbidden;
    for (const auto& right : rights) {
      if (!right.is_given) forbidden += (forbidden.empty() ? "" : ", ") + std::string(right.name);
    }
    if (!forbidden.empty()) add(FindingCode::permissions, 0, {forbidden});
  }

  void judge_scripts() {
    for (const auto& script : facts_.scripts) {
      add(FindingCode::javascript, script.page, {name_of(script.place), script.trigger});
    }
    for (const auto& launch : facts_.launches) {
      add(FindingCode::launch_action, launch.page,
          {launch.target.empty() ? "which one, it does not say" : launch.target});
    }
    if (facts_.has_xfa_form) add(FindingCode::xfa_form, 0);
  }

  void judge_attachments() {
    for (const auto& file : facts_.embedded_files) {
      const auto size = file.size >= 0 ? " (" + std::to_string(file.size) + " bytes)" : std::string();
      add(FindingCode::embedded_file, file.page, {or_unnamed(file.name) + size});
    }
  }

  // Links are what a clean document has, too: they are counted only.
  void judge_references() {
    std::size_t links = 0;
    const PdfReference* first = nullptr;
    for (const auto& reference : facts_.references) {
      if (reference.kind == PdfReferenceKind::uri) {
        ++links;
        if (first == nullptr) first = &reference;
      } else {
        add(FindingCode::external_reference, reference.page, {or_unnamed(reference.target), name_of(reference.kind)});
      }
    }
    if (first != nullptr) add(FindingCode::external_link, 0, {std::to_string(links), first->target});
  }

  void judge_signatures() {
    for (const auto& signature : facts_.signatures) {
      add(FindingCode::signature, 0, {signature.signer.empty() ? "nobody named" : signature.signer});
      if (!signature.covers_whole_file) add(FindingCode::signature_partial, 0, {or_unnamed(signature.field)});
    }
  }

  void judge_claims() {
    const auto& claims = facts_.claims;
    if (!claims.pdfua.empty()) add(FindingCode::claims_pdfua, 0, {claims.pdfua});
    if (claims.pdfa.empty()) return;
    add(FindingCode::claims_pdfa, 0, {claims.pdfa});
    for (const auto& what : pdfa_contradictions(facts_)) add(FindingCode::pdfa_contradicted, 0, {claims.pdfa, what});
  }

  void judge_fonts() {
    for (const auto& font : facts_.missing_fonts) {
      const auto count = font.pages.size();
      const auto name = or_unnamed(font.name) + (count > 1 ? " (on " + std::to_string(count) + " pages)" : "");
      add(font.is_standard ? FindingCode::standard_font_missing : FindingCode::font_missing,
          font.pages.empty() ? 0 : font.pages.front(), {name});
    }
  }

  const PdfFacts& facts_;
  const ValidationOptions& options_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> judge_pdf(const PdfFacts& facts, const ValidationOptions& options) {
  return PdfJudge(facts, options)();
}

std::vector<Finding> judge_uninspected(const Error& why, const ValidationOptions& options) {
  if (why.code != ErrorCode::encrypted) {
    return {make_finding(FindingCode::pdf_cross_references, 0, {without_full_stop(why.message)})};
  }
  // Its pages are for everybody, but not all of its objects: mostly, files are attached for those who know a password.
  std::vector<Finding> findings{
      make_finding(FindingCode::not_all_inspected, 0, {"parts that are encrypted with a password"})};
  if (options.looks_for("encryption")) {
    findings.push_back(make_finding(FindingCode::encryption, 0,
                                    {"in part, which opens with a password only; its pages open without"}));
  }
  return findings;
}

bool wants_inspection(const ValidationOptions& options) {
  return std::any_of(inspecting_checks.begin(), inspecting_checks.end(),
                     [&](std::string_view check) { return options.looks_for(check); });
}

}  // namespace docmill::validation
