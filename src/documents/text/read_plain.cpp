// Plain text and Markdown.
#include <md4c.h>

#include "documents/text/charset.hpp"
#include "documents/text/readers.hpp"
#include "documents/text/text_builder.hpp"

namespace docmill {
namespace {

Error too_much_text(const TextLimits& limits) {
  return fail(ErrorCode::too_large, "The document has more than " + std::to_string(limits.max_bytes >> 20U) +
                                        " MiB of text, which is the limit.");
}

// What md4c calls; a failure is kept, as nothing may be thrown through C.
struct MarkdownSink {
  TextBuilder builder;
  bool has_failed = false;
};

bool is_paragraph(MD_BLOCKTYPE type) {
  return type == MD_BLOCK_P || type == MD_BLOCK_H || type == MD_BLOCK_CODE || type == MD_BLOCK_TABLE ||
         type == MD_BLOCK_UL || type == MD_BLOCK_OL || type == MD_BLOCK_QUOTE || type == MD_BLOCK_HR;
}

int end_block(MD_BLOCKTYPE type, void*, void* sink) {
  auto& builder = static_cast<MarkdownSink*>(sink)->builder;
  if (is_paragraph(type)) builder.paragraph_end();
  if (type == MD_BLOCK_LI || type == MD_BLOCK_TR) builder.line_end();
  if (type == MD_BLOCK_TD || type == MD_BLOCK_TH) builder.cell_end();
  return 0;
}

int add_text(MD_TEXTTYPE type, const MD_CHAR* text, MD_SIZE size, void* data) {
  auto& sink = *static_cast<MarkdownSink*>(data);
  try {
    if (type == MD_TEXT_BR || type == MD_TEXT_SOFTBR) {
      sink.builder.line_end();
    } else if (type == MD_TEXT_NULLCHAR) {
      sink.builder.text("\uFFFD");
    } else if (type != MD_TEXT_HTML) {
      sink.builder.text({text, size});
    }
    return 0;
  } catch (...) {
    sink.has_failed = true;
    return 1;
  }
}

int ignore_block(MD_BLOCKTYPE, void*, void*) { return 0; }
int ignore_span(MD_SPANTYPE, void*, void*) { return 0; }

}  // namespace

Result<PlainText> finish_text(TextBuilder& builder, const TextLimits& limits) {
  if (builder.is_full()) return too_much_text(limits);
  return builder.take();
}

Result<PlainText> read_plain(std::string_view bytes, const TextLimits& limits) {
  if (bytes.size() / 4 > limits.max_bytes) return too_much_text(limits);
  DOCMILL_TRY(decoded, decode_text(bytes));
  if (decoded.utf8.size() > limits.max_bytes) return too_much_text(limits);
  return PlainText{std::move(decoded.utf8), {}};
}

Result<PlainText> read_markdown(std::string_view bytes, const TextLimits& limits) {
  DOCMILL_TRY(source, read_plain(bytes, limits));
  MarkdownSink sink{TextBuilder(limits.max_bytes)};
  MD_PARSER parser{};
  parser.flags = MD_DIALECT_GITHUB;
  parser.enter_block = ignore_block;
  parser.leave_block = end_block;
  parser.enter_span = ignore_span;
  parser.leave_span = ignore_span;
  parser.text = add_text;
  const int status = md_parse(source.text.data(), static_cast<MD_SIZE>(source.text.size()), &parser, &sink);
  if (status != 0 || sink.has_failed) throw std::bad_alloc();  // md4c fails for want of memory only
  return finish_text(sink.builder, limits);
}

}  // namespace docmill
