// ODT (ISO/IEC 26300): headers and footers of its page styles, and the body.
#include <algorithm>
#include <array>

#include "documents/text/office_parts.hpp"
#include "documents/text/xml_walk.hpp"

namespace docmill {
namespace {

void add_space(pugi::xml_node node, TextBuilder& builder) {
  constexpr int most = 64;
  const int count = std::clamp(node.attribute("text:c").as_int(1), 1, most);
  builder.text(std::string(static_cast<std::size_t>(count), ' '));
}

void add_paragraphs(pugi::xml_node root, TextBuilder& builder) {
  int text_depth = 0;  // within paragraphs; space between them is layout of the XML
  walk_xml(
      root,
      [&](pugi::xml_node node) {
        const auto name = local_name(node);
        if (name == "p" || name == "h") ++text_depth;
        if (node.type() == pugi::node_pcdata && text_depth > 0) builder.words(node.value());
        if (name == "s") add_space(node, builder);
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
}

// Those of all page styles in `styles` (the root), each once though it stands on many pages.
template <std::size_t N>
void add_repeated(pugi::xml_node styles, const std::array<std::string_view, N>& kinds, TextBuilder& builder) {
  for (const auto section : styles.children()) {
    if (local_name(section) != "master-styles") continue;
    for (const auto page : section.children()) {
      for (const auto part : page.children()) {
        if (std::find(kinds.begin(), kinds.end(), local_name(part)) == kinds.end()) continue;
        add_paragraphs(part, builder);
        builder.paragraph_end();
      }
    }
  }
}

constexpr std::array<std::string_view, 3> headers{"header", "header-left", "header-first"};
constexpr std::array<std::string_view, 3> footers{"footer", "footer-left", "footer-first"};

}  // namespace

Result<PlainText> read_odt(std::string_view bytes, const TextLimits& limits) {
  DOCMILL_TRY(parts, read_parts(bytes, limits, [](std::string_view name) {
                return name == "content.xml" || name == "styles.xml" || name == "META-INF/manifest.xml";
              }));
  const auto manifest = parts.find(std::string_view("META-INF/manifest.xml"));
  if (manifest != parts.end() && manifest->second.find("encryption-data") != std::string::npos) {
    return fail(ErrorCode::encrypted, "The document is encrypted; docmill opens encrypted PDFs only.");
  }
  const auto content = parts.find(std::string_view("content.xml"));
  if (content == parts.end()) return fail(ErrorCode::unreadable, "The ODT file has no part content.xml.");
  DOCMILL_TRY(document, parse_xml(content->second, "content.xml"));
  TextBuilder builder(limits.max_bytes);
  pugi::xml_document styles;
  if (const auto part = parts.find(std::string_view("styles.xml")); part != parts.end()) {
    if (auto read = parse_xml(part->second, "styles.xml")) {
      styles = std::move(*read);
    } else {
      builder.leave_out(read.error().message);
    }
  }
  add_repeated(styles.document_element(), headers, builder);
  add_paragraphs(document, builder);
  builder.paragraph_end();
  add_repeated(styles.document_element(), footers, builder);
  return finish_text(builder, limits);
}

}  // namespace docmill
