// The formats that are XML in a zip: DOCX, PPTX, XLSX (ISO/IEC 29500) and ODT (ISO/IEC 26300).
#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <vector>

#include "documents/text/readers.hpp"
#include "documents/text/sheet_dates.hpp"
#include "documents/text/text_builder.hpp"
#include "documents/text/xml_walk.hpp"
#include "documents/text/zip_members.hpp"

namespace docmill {
namespace {

Result<ZipMembers> read_parts(std::string_view bytes, const TextLimits& limits,
                              const std::function<bool(std::string_view)>& wants) {
  return read_zip(bytes, wants, ZipLimits{limits.max_unpacked, limits.max_members});
}

// Paragraphs of WordprocessingML and DrawingML: the names that matter are the same.
void add_paragraphs(pugi::xml_node root, TextBuilder& builder) {
  walk_xml(
      root,
      [&](pugi::xml_node node) {
        const auto name = local_name(node);
        if (name == "t") builder.text(node.child_value());
        if (name == "tab") builder.text("\t");
        if (name == "br" || name == "cr") builder.line_end();
        if (name == "noBreakHyphen") builder.text("-");
        // Deleted text, fields' instructions, and what readers take that do not know a newer form of the same.
        return name != "delText" && name != "instrText" && name != "Fallback" && name != "pPr" && name != "rPr" &&
               name != "t";
      },
      [&](pugi::xml_node node) {
        const auto name = local_name(node);
        if (name == "p") builder.paragraph_end();
        if (name == "tc") builder.cell_end();
        if (name == "tr") builder.line_end();
      });
}

Status add_part(const ZipMembers& parts, std::string_view name, TextBuilder& builder) {
  const auto part = parts.find(name);
  if (part == parts.end()) return {};
  DOCMILL_TRY(document, parse_xml(part->second, name));
  add_paragraphs(document, builder);
  return {};
}

// "ppt/slides/slide12.xml" with this prefix and suffix: 12. 0: not such a name.
int part_number(std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix) || !name.ends_with(".xml")) return 0;
  const auto digits = name.substr(prefix.size(), name.size() - prefix.size() - 4);
  int number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && end == digits.data() + digits.size() ? number : 0;
}

std::map<int, std::string_view> numbered_parts(const ZipMembers& parts, std::string_view prefix) {
  std::map<int, std::string_view> numbered;
  for (const auto& [name, content] : parts) {
    if (const int number = part_number(name, prefix); number > 0) numbered.emplace(number, content);
  }
  return numbered;
}

// Headers and footers: each once, though they stand on many pages.
Status add_numbered_parts(const ZipMembers& parts, std::string_view prefix, TextBuilder& builder) {
  for (const auto& [number, xml] : numbered_parts(parts, prefix)) {
    DOCMILL_TRY(document, parse_xml(xml, std::string(prefix) + std::to_string(number) + ".xml"));
    add_paragraphs(document, builder);
    builder.paragraph_end();
  }
  return {};
}

// The number of the notes of a slide: they are counted on their own, and the slide's relations name them. 0: none.
Result<int> notes_of(const ZipMembers& parts, int slide) {
  const auto name = "ppt/slides/_rels/slide" + std::to_string(slide) + ".xml.rels";
  const auto part = parts.find(std::string_view(name));
  if (part == parts.end()) return 0;
  DOCMILL_TRY(document, parse_xml(part->second, name));
  for (const auto relation : document.document_element().children()) {
    const int number = part_number(relation.attribute("Target").value(), "../notesSlides/notesSlide");
    if (number > 0) return number;
  }
  return 0;
}

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

// Spreadsheets store all digits of a double and show 15, which are what was typed: 19.989999999999998 is 19.99.
std::string number_text(std::string_view value) {
  double number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  const bool is_whole = value.find_first_of(".eE") == std::string_view::npos;
  if (is_whole || error != std::errc() || end != value.data() + value.size()) return std::string(value);
  std::array<char, 32> text{};
  const auto written = std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::general, 15);
  return {text.data(), written.ptr};
}

// What all sheets of a workbook share.
struct Workbook {
  std::vector<std::string> strings;
  SheetStyles styles;
  bool from_1904 = false;
};

Result<Workbook> read_workbook(const ZipMembers& parts) {
  Workbook workbook;
  DOCMILL_TRY(strings, shared_strings(parts));
  workbook.strings = std::move(strings);
  if (const auto part = parts.find(std::string_view("xl/styles.xml")); part != parts.end()) {
    DOCMILL_TRY(document, parse_xml(part->second, part->first));
    workbook.styles = SheetStyles(document.document_element());
  }
  if (const auto part = parts.find(std::string_view("xl/workbook.xml")); part != parts.end()) {
    DOCMILL_TRY(document, parse_xml(part->second, part->first));
    for (const auto child : document.document_element().children()) {
      if (local_name(child) == "workbookPr") workbook.from_1904 = child.attribute("date1904").as_bool();
    }
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
    const auto date = sheet_date(value, workbook.styles.at(cell.attribute("s").as_uint()), workbook.from_1904);
    return date ? *date : number_text(value);
  }
  if (type != "s") return std::string(value);
  std::size_t index = 0;
  std::from_chars(value.data(), value.data() + value.size(), index);
  return index < workbook.strings.size() ? workbook.strings[index] : std::string();
}

void add_sheet(pugi::xml_node sheet, const Workbook& workbook, TextBuilder& builder) {
  walk_xml(
      sheet,
      [&](pugi::xml_node node) {
        if (local_name(node) != "c") return true;
        builder.text(cell_text(node, workbook));
        builder.cell_end();
        return false;
      },
      [&](pugi::xml_node node) {
        if (local_name(node) == "row") builder.line_end();
      });
}

void add_odt_space(pugi::xml_node node, TextBuilder& builder) {
  constexpr int most = 64;
  const int count = std::clamp(node.attribute("text:c").as_int(1), 1, most);
  builder.text(std::string(static_cast<std::size_t>(count), ' '));
}

constexpr std::string_view docx_header = "word/header";
constexpr std::string_view docx_footer = "word/footer";

}  // namespace

Result<std::string> read_docx(std::string_view bytes, const TextLimits& limits) {
  DOCMILL_TRY(parts, read_parts(bytes, limits, [](std::string_view name) {
                return name == "word/document.xml" || name == "word/footnotes.xml" || name == "word/endnotes.xml" ||
                       name == "word/comments.xml" || part_number(name, docx_header) > 0 ||
                       part_number(name, docx_footer) > 0;
              }));
  if (parts.find("word/document.xml") == parts.end()) {
    return fail(ErrorCode::unreadable, "The DOCX file has no part word/document.xml.");
  }
  TextBuilder builder(limits.max_bytes);
  DOCMILL_CHECK(add_numbered_parts(parts, docx_header, builder));
  for (const std::string_view name :
       {"word/document.xml", "word/footnotes.xml", "word/endnotes.xml", "word/comments.xml"}) {
    DOCMILL_CHECK(add_part(parts, name, builder));
    builder.paragraph_end();
  }
  DOCMILL_CHECK(add_numbered_parts(parts, docx_footer, builder));
  return finish_text(builder, limits);
}

Result<std::string> read_pptx(std::string_view bytes, const TextLimits& limits) {
  constexpr std::string_view slide = "ppt/slides/slide";
  constexpr std::string_view notes = "ppt/notesSlides/notesSlide";
  DOCMILL_TRY(parts, read_parts(bytes, limits, [&](std::string_view name) {
                return part_number(name, slide) > 0 || part_number(name, notes) > 0 ||
                       name.starts_with("ppt/slides/_rels/");
              }));
  TextBuilder builder(limits.max_bytes);
  const auto all_notes = numbered_parts(parts, notes);
  for (const auto& [number, xml] : numbered_parts(parts, slide)) {
    DOCMILL_TRY(document, parse_xml(xml, "slide " + std::to_string(number)));
    add_paragraphs(document, builder);
    DOCMILL_TRY(notes_number, notes_of(parts, number));
    if (const auto note = all_notes.find(notes_number); note != all_notes.end()) {
      DOCMILL_TRY(note_document, parse_xml(note->second, "notes of slide " + std::to_string(number)));
      add_paragraphs(note_document, builder);
    }
    builder.page_end();
  }
  return finish_text(builder, limits);
}

Result<std::string> read_xlsx(std::string_view bytes, const TextLimits& limits) {
  constexpr std::string_view sheet = "xl/worksheets/sheet";
  DOCMILL_TRY(parts, read_parts(bytes, limits, [&](std::string_view name) {
                return name == "xl/sharedStrings.xml" || name == "xl/styles.xml" || name == "xl/workbook.xml" ||
                       part_number(name, sheet) > 0;
              }));
  DOCMILL_TRY(workbook, read_workbook(parts));
  TextBuilder builder(limits.max_bytes);
  for (const auto& [number, xml] : numbered_parts(parts, sheet)) {
    DOCMILL_TRY(document, parse_xml(xml, "sheet " + std::to_string(number)));
    add_sheet(document, workbook, builder);
    builder.page_end();
  }
  return finish_text(builder, limits);
}

Result<std::string> read_odt(std::string_view bytes, const TextLimits& limits) {
  DOCMILL_TRY(parts, read_parts(bytes, limits, [](std::string_view name) {
                return name == "content.xml" || name == "META-INF/manifest.xml";
              }));
  const auto manifest = parts.find(std::string_view("META-INF/manifest.xml"));
  if (manifest != parts.end() && manifest->second.find("encryption-data") != std::string::npos) {
    return fail(ErrorCode::encrypted, "The document is encrypted; docmill opens encrypted PDFs only.");
  }
  const auto content = parts.find(std::string_view("content.xml"));
  if (content == parts.end()) return fail(ErrorCode::unreadable, "The ODT file has no part content.xml.");
  DOCMILL_TRY(document, parse_xml(content->second, "content.xml"));
  TextBuilder builder(limits.max_bytes);
  int text_depth = 0;  // within paragraphs; space between them is layout of the XML
  walk_xml(
      document,
      [&](pugi::xml_node node) {
        const auto name = local_name(node);
        if (name == "p" || name == "h") ++text_depth;
        if (node.type() == pugi::node_pcdata && text_depth > 0) builder.words(node.value());
        if (name == "s") add_odt_space(node, builder);
        if (name == "tab") builder.text("\t");
        if (name == "line-break") builder.line_end();
        return name != "tracked-changes" && name != "annotation" && name != "automatic-styles";
      },
      [&](pugi::xml_node node) {
        const auto name = local_name(node);
        if (name == "p" || name == "h") {
          --text_depth;
          builder.paragraph_end();
        }
        if (name == "table-cell") builder.cell_end();
        if (name == "table-row") builder.line_end();
      });
  return finish_text(builder, limits);
}

}  // namespace docmill
