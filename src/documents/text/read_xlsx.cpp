// XLSX (ISO/IEC 29500): sheets in their order: header, rows, footer, then text boxes, charts and comments.
#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <string_view>
#include <vector>

#include "documents/text/office_parts.hpp"
#include "documents/text/sheet_dates.hpp"
#include "documents/text/sheet_numbers.hpp"
#include "documents/text/xml_walk.hpp"

namespace docmill {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view workbook_part = "xl/workbook.xml";
constexpr std::string_view sheet_prefix = "xl/worksheets/sheet";

std::string all_text(pugi::xml_node root) {
  std::string text;
  walk_xml(
      root,
      [&](pugi::xml_node node) {
        const auto name = local_name(node);
        if (name == "t") text += node.child_value();
        return name != "t" && name != "rPh";  // rPh: how Japanese is pronounced
      },
      [](pugi::xml_node) {});
  return text;
}

Result<std::vector<std::string>> shared_strings(const ZipMembers& parts) {
  std::vector<std::string> strings;
  const auto part = parts.find(std::string_view("xl/sharedStrings.xml"));
  if (part == parts.end()) return strings;
  DOCMILL_TRY(document, parse_xml(part->second, part->first));
  for (const auto item : document.document_element().children()) {
    if (local_name(item) == "si") strings.push_back(all_text(item));
  }
  return strings;
}

// What all sheets of a workbook share.
struct Workbook {
  std::vector<std::string> sheets;  // their parts, in order
  std::vector<std::string> strings;
  SheetStyles styles;
  bool from_1904 = false;
};

// How numbers are shown, and where days are counted from.
Status read_styles(const ZipMembers& parts, Workbook& workbook) {
  const auto part = parts.find(std::string_view("xl/styles.xml"));
  if (part == parts.end()) return {};
  DOCMILL_TRY(document, parse_xml(part->second, part->first));
  workbook.styles = SheetStyles(document.document_element());
  return {};
}

Status read_sheet_list(const ZipMembers& parts, Workbook& workbook, TextBuilder& builder) {
  const auto part = parts.find(workbook_part);
  if (part == parts.end()) return {};
  DOCMILL_TRY(document, parse_xml(part->second, part->first));
  const auto relations = relations_of(parts, workbook_part, builder);
  std::set<std::string> listed;
  for (const auto child : document.document_element().children()) {
    if (local_name(child) == "workbookPr") workbook.from_1904 = child.attribute("date1904").as_bool();
    if (local_name(child) != "sheets") continue;
    for (const auto sheet : child.children()) {
      auto name = target_of(relations, sheet, "id");
      if (!name.empty() && listed.insert(name).second) workbook.sheets.push_back(std::move(name));
    }
  }
  return {};
}

// Where the list of sheets cannot be read, they are taken by number; without styles numbers are plain, without strings
// the cells that have some are empty.
Result<Workbook> read_workbook(const ZipMembers& parts, TextBuilder& builder) {
  Workbook workbook;
  if (auto strings = shared_strings(parts)) {
    workbook.strings = std::move(*strings);
  } else {
    DOCMILL_CHECK(builder.or_leave_out(strings.error()));
  }
  DOCMILL_CHECK(builder.or_leave_out(read_styles(parts, workbook)));
  DOCMILL_CHECK(builder.or_leave_out(read_sheet_list(parts, workbook, builder)));
  if (workbook.sheets.empty()) {
    for (auto& [number, name] : numbered_parts(parts, sheet_prefix)) workbook.sheets.push_back(name);
  }
  return workbook;
}

std::string cell_text(pugi::xml_node cell, const Workbook& workbook) {
  const std::string_view type = cell.attribute("t").value();
  if (type == "inlineStr") return all_text(cell);
  std::string_view value;
  for (const auto child : cell.children()) {
    if (local_name(child) == "v") value = child.child_value();
  }
  if (type == "b") return value == "1" ? "TRUE" : "FALSE";
  if (type.empty() || type == "n") {
    const auto style = cell.attribute("s").as_uint();
    const auto format = workbook.styles.at(style);
    if (format == SheetFormat::number) return shown_number(value, workbook.styles.code_at(style));
    const auto date = sheet_date(value, format, workbook.from_1904);
    return date ? *date : plain_number(value);
  }
  if (type != "s") return std::string(value);
  std::size_t index = 0;
  std::from_chars(value.data(), value.data() + value.size(), index);
  return index < workbook.strings.size() ? workbook.strings[index] : std::string();
}

// "&LLeft&C&\"Arial,Bold\"&12Middle": text for the left, the middle and the right of a page, between commands.
void add_page_text(std::string_view code, TextBuilder& builder) {
  constexpr auto digits = "0123456789"sv;
  for (std::size_t i = 0; i < code.size();) {
    const auto command = code.find('&', i);
    builder.words(code.substr(i, command - i));
    if (command == std::string_view::npos || command + 1 >= code.size()) break;
    const char what = code[command + 1];
    i = command + 2;
    if (what == '&') builder.text("&");
    if (what == 'L' || what == 'C' || what == 'R') builder.line_end();
    if (what == '"') i = std::min(code.find('"', i), code.size() - 1) + 1;  // a font
    if (what == 'K') i = std::min(i + 6, code.size());                      // a color
    if (digits.find(what) != std::string_view::npos) i = std::min(code.find_first_not_of(digits, i), code.size());
  }
  builder.paragraph_end();
}

// `end`: "Header" or "Footer" of odd, even and first pages.
void add_page_texts(pugi::xml_node sheet, std::string_view end, TextBuilder& builder) {
  for (const auto child : sheet.children()) {
    if (local_name(child) != "headerFooter") continue;
    for (const auto text : child.children()) {
      if (local_name(text).ends_with(end)) add_page_text(text.child_value(), builder);
    }
  }
}

void add_rows(pugi::xml_node sheet, const Workbook& workbook, TextBuilder& builder) {
  walk_xml(
      sheet,
      [&](pugi::xml_node node) {
        const auto name = local_name(node);
        if (name != "c") return name != "headerFooter";
        builder.text(cell_text(node, workbook));
        builder.cell_end();
        return false;
      },
      [&](pugi::xml_node node) {
        if (local_name(node) == "row") builder.line_end();
      });
  builder.paragraph_end();
}

// Of the cells: one after the other.
Status add_comments(const ZipMembers& parts, const std::string& name, TextBuilder& builder) {
  const auto part = parts.find(name);
  if (part == parts.end()) return {};
  DOCMILL_TRY(document, parse_xml(part->second, name));
  walk_xml(
      document,
      [&](pugi::xml_node node) {
        if (local_name(node) != "comment") return true;
        builder.text(all_text(node));
        builder.paragraph_end();
        return false;
      },
      [](pugi::xml_node) {});
  return {};
}

Status add_sheet(const ZipMembers& parts, const std::string& name, const Workbook& workbook, OfficeText& text,
                 TextBuilder& builder) {
  const auto part = parts.find(name);
  if (part == parts.end()) return {};
  DOCMILL_TRY(document, parse_xml(part->second, name));
  const auto sheet = document.document_element();
  add_page_texts(sheet, "Header", builder);
  add_rows(sheet, workbook, builder);
  add_page_texts(sheet, "Footer", builder);
  const auto relations = relations_of(parts, name, builder);
  DOCMILL_CHECK(text.add_minor_part(target_of(relations, "drawing")));
  builder.paragraph_end();
  return builder.or_leave_out(add_comments(parts, target_of(relations, "comments"), builder));
}

}  // namespace

Result<PlainText> read_xlsx(std::string_view bytes, const TextLimits& limits) {
  DOCMILL_TRY(parts, read_parts(bytes, limits, [](std::string_view name) {
                return name == "xl/sharedStrings.xml" || name == "xl/styles.xml" || name == workbook_part ||
                       name.starts_with("xl/worksheets/") || name.starts_with("xl/drawings/drawing") ||
                       name.starts_with("xl/comments") || is_drawing_part(name);
              }));
  TextBuilder builder(limits.max_bytes);
  DOCMILL_TRY(workbook, read_workbook(parts, builder));
  OfficeText text(parts, limits, builder);
  bool is_any_read = workbook.sheets.empty();
  Status first_failure;
  for (const auto& name : workbook.sheets) {
    const auto added = add_sheet(parts, name, workbook, text, builder);
    if (added) is_any_read = true;
    if (!added && first_failure) first_failure = added;
    DOCMILL_CHECK(builder.or_leave_out(added));
    builder.page_end();
  }
  if (!is_any_read) return first_failure.error();
  return finish_text(builder, limits);
}

}  // namespace docmill
