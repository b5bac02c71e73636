#include "processors/validation/report.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

#include "core/json_text.hpp"
#include "documents/text_format.hpp"
#include "processors/html_page.hpp"

namespace docmill::validation {
namespace {

namespace json = boost::json;

double rounded(double value) { return std::round(value * 1000) / 1000; }

// Of the pages that are not blank, those that have text; 1 where all are blank.
double text_coverage(const Report& report) {
  const auto pages = report.pages_looked_at - std::min(report.blank_pages, report.pages_looked_at);
  return pages == 0 ? 1 : rounded(static_cast<double>(report.pages_with_text) / static_cast<double>(pages));
}

json::object finding_json(const Finding& finding, const ValidationOptions& options) {
  json::object object{{"code", info_of(finding.code).name},
                      {"severity", to_string(options.severity_of(finding.code))},
                      {"message", finding.message}};
  if (finding.page > 0) object["page"] = finding.page;
  return object;
}

json::object summary_json(const Report& report) {
  const auto& judgement = report.judgement;
  json::object object{{"verdict", judgement.verdict()},
                      {"score", rounded(judgement.score)},
                      {"errors", judgement.errors},
                      {"warnings", judgement.warnings},
                      {"notes", judgement.notes},
                      {"blank_pages", report.blank_pages},
                      {"text_coverage", text_coverage(report)},
                      {"language", report.language},
                      {"sha256", report.sha256}};
  if (!report.signature.empty()) object["signature"] = report.signature;
  return object;
}

constexpr std::string_view style =
    "body{font-family:sans-serif;margin:2em;max-width:70em;color:#222}h1{font-size:1.3em}"
    "table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.3em .8em .3em 0;"
    "border-bottom:1px solid #ddd}.error,.invalid{color:#a40000}.warning{color:#8a5a00}.info{color:#555}"
    ".valid{color:#1a6b1a}.verdict{font-size:1.6em;font-weight:bold}.pages{display:flex;flex-wrap:wrap;gap:1.5em}"
    "figure{margin:0;width:240px}figcaption{font-size:.85em}img{max-width:100%;border:1px solid #999}";

std::string count_text(std::size_t count, std::string_view thing) {
  return std::to_string(count) + " " + std::string(thing) + (count == 1 ? "" : "s");
}

std::string head_html(const Report& report) {
  const auto& judgement = report.judgement;
  const std::string verdict(judgement.verdict());
  auto facts = report.media_type.empty() ? std::string() : html_text(report.media_type) + ", ";
  facts += count_text(static_cast<std::size_t>(report.page_count), "page");
  return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + verdict + ": " +
         html_text(report.document) + "</title><style>" + std::string(style) + "</style></head><body><h1>" +
         html_text(report.document) + "</h1>\n<p class=\"verdict " + verdict + "\">" + verdict + "</p>\n<p>Score " +
         number_text(judgement.score, 2) + "; " + count_text(judgement.errors, "error") + ", " +
         count_text(judgement.warnings, "warning") + ", " + count_text(judgement.notes, "note") + ". " + facts +
         ".</p>\n";
}

std::string row_html(const Finding& finding, const ValidationOptions& options) {
  const std::string severity(to_string(options.severity_of(finding.code)));
  return "<tr><td class=\"" + severity + "\">" + severity + "</td><td>" +
         (finding.page > 0 ? std::to_string(finding.page) : "") + "</td><td>" + html_text(finding.message) +
         "</td><td><code>" + std::string(info_of(finding.code).name) + "</code></td></tr>\n";
}

std::string figure_html(int page, const std::string& picture, const Report& report) {
  std::string text = "<figure>" + picture + "<figcaption><b>Page " + std::to_string(page) + "</b><br>";
  for (const auto& finding : report.judgement.findings) {
    if (finding.page == page) text += html_text(finding.message) + "<br>";
  }
  return text + "</figcaption></figure>\n";
}

}  // namespace

std::string report_json(const Report& report, const ValidationOptions& options) {
  json::object object{{"schema", "docmill.validation/1"}, {"document", valid_utf8(report.document)}};
  if (!report.media_type.empty()) object["media_type"] = report.media_type;
  object["page_count"] = report.page_count;
  for (auto& member : summary_json(report)) object[member.key()] = std::move(member.value());
  json::array findings;
  for (const auto& finding : report.judgement.findings) findings.push_back(finding_json(finding, options));
  object["findings"] = std::move(findings);
  return json_text(object) + "\n";
}

std::string record_json(const Report& report, const ValidationOptions& options) {
  auto object = summary_json(report);
  json::object codes;
  for (const auto& finding : report.judgement.findings) {
    auto& count = codes[info_of(finding.code).name];
    count = count.is_int64() ? count.get_int64() + 1 : 1;
  }
  object["codes"] = std::move(codes);
  const auto& findings = report.judgement.findings;
  const bool complains = !findings.empty() && options.severity_of(findings.front().code) >= Severity::warning;
  if (complains) object["worst"] = finding_json(findings.front(), options);
  return json_text(object);
}

std::string report_html(const Report& report, const ValidationOptions& options) {
  auto html = head_html(report);
  const auto& findings = report.judgement.findings;
  if (findings.empty()) {
    html += "<p>Nothing was found.</p>\n";
  } else {
    html += "<table><tr><th></th><th>Page</th><th>Finding</th><th>Code</th></tr>\n";
    for (const auto& finding : findings) html += row_html(finding, options);
    html += "</table>\n";
  }
  if (!report.pictures.empty()) {
    html += "<h2>Pages</h2>\n<div class=\"pages\">\n";
    for (const auto& [page, picture] : report.pictures) html += figure_html(page, picture, report);
    html += "</div>\n";
  }
  return html + "</body></html>\n";
}

}  // namespace docmill::validation
