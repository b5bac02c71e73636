// The readers of the formats that are text and have no pages of their own: each from bytes to plain text (valid UTF-8,
// as TextBuilder makes it). None fetches anything, and none needs stack for what is nested in the input.
//
// Not thread-safe where the libraries are not (libxml2, GMime: one thread at a time). Nothing is thrown but
// std::bad_alloc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "documents/text/text_builder.hpp"

namespace docmill {

struct TextLimits {
  std::uint64_t max_bytes = 64U << 20U;      // of the text
  std::uint64_t max_unpacked = 256U << 20U;  // of the parts of a zipped format
  std::uint64_t max_members = 20'000;        // of an archive
  int max_depth = 16;                        // messages attached to messages
};

// What is damaged in a part only is left out, if that is not the one which everything hangs on. Failures of all:
// unreadable (damaged), encrypted, too_large (over a limit), unsupported_type (no text in it).
Result<PlainText> read_plain(std::string_view bytes, const TextLimits& limits);
Result<PlainText> read_markdown(std::string_view bytes, const TextLimits& limits);
// `charset`: what stands outside of the document, in a mail's header; empty: nothing.
Result<PlainText> read_html(std::string_view bytes, const TextLimits& limits, std::string_view charset = {});
Result<PlainText> read_docx(std::string_view bytes, const TextLimits& limits);
Result<PlainText> read_pptx(std::string_view bytes, const TextLimits& limits);
Result<PlainText> read_xlsx(std::string_view bytes, const TextLimits& limits);
Result<PlainText> read_odt(std::string_view bytes, const TextLimits& limits);
Result<PlainText> read_mail(std::string_view bytes, const TextLimits& limits);

// The builder's text, or too_large if it was full.
Result<PlainText> finish_text(TextBuilder& builder, const TextLimits& limits);

}  // namespace docmill
