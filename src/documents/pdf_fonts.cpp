#include "documents/pdf_fonts.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "documents/pdf_actions.hpp"

namespace docmill {
namespace {

constexpr std::array standard_fonts{std::string_view("Courier"),
                                    std::string_view("Courier-Bold"),
                                    std::string_view("Courier-BoldOblique"),
                                    std::string_view("Courier-Oblique"),
                                    std::string_view("Helvetica"),
                                    std::string_view("Helvetica-Bold"),
                                    std::string_view("Helvetica-BoldOblique"),
                                    std::string_view("Helvetica-Oblique"),
                                    std::string_view("Symbol"),
                                    std::string_view("Times-Bold"),
                                    std::string_view("Times-BoldItalic"),
                                    std::string_view("Times-Italic"),
                                    std::string_view("Times-Roman"),
                                    std::string_view("ZapfDingbats")};

bool is_standard(const std::string& name) {
  return std::find(standard_fonts.begin(), standard_fonts.end(), name) != standard_fonts.end();
}

std::string without_subset_prefix(const std::string& name) {
  constexpr std::size_t prefix = 6;
  const bool has_one = name.size() > prefix + 1 && name[prefix] == '+' &&
                       std::all_of(name.begin(), name.begin() + prefix, [](char c) { return c >= 'A' && c <= 'Z'; });
  return has_one ? name.substr(prefix + 1) : name;
}

// Null: the font is not embedded.
QPDFObjectHandle program_of(QPDFObjectHandle font) {
  auto descriptor = entry_of(font, "/FontDescriptor");
  for (const auto* key : {"/FontFile", "/FontFile2", "/FontFile3"}) {
    if (auto program = entry_of(descriptor, key); program.isStream()) return program;
  }
  return QPDFObjectHandle::newNull();
}

// The font whose outlines are drawn: of a composite font its only descendant.
QPDFObjectHandle drawn_font(QPDFObjectHandle font) {
  auto descendants = entry_of(font, "/DescendantFonts");
  return descendants.isArray() && descendants.getArrayNItems() > 0 ? descendants.getArrayItem(0) : font;
}

}  // namespace

void PdfFonts::look_at_resources(QPDFObjectHandle resources, int page) {
  if (!resources.isDictionary()) return;
  if (resources.isIndirect()) {
    use(collect({resources, Kind::resources}, page), page);
    return;
  }
  // Often the page has a dictionary of its own with the same fonts and images as every page.
  use(collect({resources.getKey("/Font"), Kind::fonts}, page), page);
  for (const auto* key : {"/XObject", "/Pattern"}) use(collect({resources.getKey(key), Kind::objects}, page), page);
}

void PdfFonts::look_at_appearance(QPDFObjectHandle annotation, int page) {
  auto looks = entry_of(annotation, "/AP");
  for (const auto* key : {"/N", "/R", "/D"}) {
    auto look = entry_of(looks, key);
    if (look.isStream()) {
      use(collect({entry_of(look, "/Resources"), Kind::resources}, page), page);
    } else {
      use(collect({look, Kind::objects}, page), page);
    }
  }
}

void PdfFonts::use(const Found& found, int page) {
  for (const auto number : found) {
    auto& pages = fonts_[number].pages;
    if (!pages.empty() && pages.back() == page) continue;
    visit_.add(pages, page, "pages of a missing font");
  }
}

PdfFonts::Found PdfFonts::collect(Node root, int page) {
  if (!root.dictionary.isDictionary()) return {};
  const auto id = root.dictionary.getObjGen();
  if (const auto known = known_.find(id); id.isIndirect() && known != known_.end()) return known->second;
  Search search{.page = page, .nodes = {root}, .seen = {}, .found = {}};
  while (!search.nodes.empty() && !visit_.is_exhausted()) {
    auto node = search.nodes.back();
    search.nodes.pop_back();
    if (node.dictionary.isDictionary() && search.is_new(node.dictionary)) expand(node, search);
  }
  auto& found = search.found;
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  if (id.isIndirect()) known_.emplace(id, found);
  return found;
}

void PdfFonts::expand(Node node, Search& search) {
  auto& dictionary = node.dictionary;
  if (node.kind == Kind::resources) {
    search.nodes.push_back({dictionary.getKey("/Font"), Kind::fonts});
    for (const auto* key : {"/XObject", "/Pattern"}) search.nodes.push_back({dictionary.getKey(key), Kind::objects});
    return;
  }
  for (const auto& key : dictionary.getKeys()) {
    auto item = dictionary.getKey(key);
    const bool is_first_visit = visit_.enter(item);
    if (visit_.is_exhausted()) return;
    if (!search.is_new(item)) continue;
    if (node.kind == Kind::objects && is_first_visit) look_for_foreign_data(item, search.page, visit_);
    if (node.kind == Kind::fonts) {
      if (const auto number = number_of(item, search.page)) search.found.push_back(*number);
    }
    search.nodes.push_back({entry_of(item, "/Resources"), Kind::resources});  // of a form, a pattern, a Type 3 font
  }
}

std::optional<std::size_t> PdfFonts::number_of(QPDFObjectHandle font, int page) {
  if (!font.isIndirect()) return missing_font(font, page);
  const auto known = known_fonts_.find(font.getObjGen());
  if (known != known_fonts_.end()) return known->second;
  return known_fonts_[font.getObjGen()] = missing_font(font, page);
}

std::optional<std::size_t> PdfFonts::missing_font(QPDFObjectHandle font, int page) {
  if (!font.isDictionary()) return std::nullopt;
  const auto type = name_of(font.getKey("/Subtype"));
  if (type == "Type3") return std::nullopt;
  if (auto program = program_of(drawn_font(font)); program.isStream()) {
    look_at_program_(program, page);
    return std::nullopt;
  }
  const auto name = without_subset_prefix(name_of(font.getKey("/BaseFont")));
  const auto [place, is_new] = numbers_.emplace(std::pair(name, type), fonts_.size());
  if (!is_new) return place->second;
  if (fonts_.size() >= visit_.limits().items) {
    visit_.look_no_further("missing fonts: only the first " + std::to_string(fonts_.size()) + " are listed");
    numbers_.erase(place);
    return std::nullopt;
  }
  fonts_.push_back({.name = name, .type = type, .is_standard = type != "Type0" && is_standard(name), .pages = {}});
  return place->second;
}

void PdfFonts::finish() {
  std::erase_if(fonts_, [](const PdfMissingFont& font) { return font.pages.empty(); });
  visit_.facts().missing_fonts = std::move(fonts_);
}

}  // namespace docmill
