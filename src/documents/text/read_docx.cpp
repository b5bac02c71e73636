// DOCX (ISO/IEC 29500): headers, the body, notes, comments, footers.
#include "documents/text/office_parts.hpp"

namespace docmill {
namespace {

constexpr std::string_view header = "word/header";
constexpr std::string_view footer = "word/footer";

// Headers and footers: each once, though they stand on many pages.
Status add_numbered_parts(const ZipMembers& parts, std::string_view prefix, OfficeText& text, TextBuilder& builder) {
  for (const auto& [number, name] : numbered_parts(parts, prefix)) {
    DOCMILL_CHECK(text.add_minor_part(name));
    builder.paragraph_end();
  }
  return {};
}

// Documents that are put into others as they are, whatever they are called.
bool may_be_chunk(std::string_view name) { return name.ends_with(".html") || name.ends_with(".htm"); }

}  // namespace

Result<PlainText> read_docx(std::string_view bytes, const TextLimits& limits) {
  DOCMILL_TRY(parts, read_parts(bytes, limits, [](std::string_view name) {
                return name == "word/document.xml" || name == "word/footnotes.xml" || name == "word/endnotes.xml" ||
                       name == "word/comments.xml" || part_number(name, header) > 0 || part_number(name, footer) > 0 ||
                       may_be_chunk(name) || is_drawing_part(name);
              }));
  if (parts.find("word/document.xml") == parts.end()) {
    return fail(ErrorCode::unreadable, "The DOCX file has no part word/document.xml.");
  }
  TextBuilder builder(limits.max_bytes);
  OfficeText text(parts, limits, builder);
  DOCMILL_CHECK(add_numbered_parts(parts, header, text, builder));
  DOCMILL_CHECK(text.add_part("word/document.xml"));
  builder.paragraph_end();
  for (const std::string_view name : {"word/footnotes.xml", "word/endnotes.xml", "word/comments.xml"}) {
    DOCMILL_CHECK(text.add_minor_part(name));
    builder.paragraph_end();
  }
  DOCMILL_CHECK(add_numbered_parts(parts, footer, text, builder));
  return finish_text(builder, limits);
}

}  // namespace docmill
