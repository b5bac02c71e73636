// The paragraphs of plain text: runs of lines without an empty line or form feed between them.
#pragma once

#include <string_view>
#include <vector>

#include "processors/words/utf8.hpp"

namespace docmill::nlp {

// Ascending, without space around them. What is longer than 256 KiB is cut between words where it can be: everything
// that works on a paragraph has bounded buffers.
std::vector<Span> find_paragraphs(std::string_view text);

// Whether each line of a paragraph is a field of a mail, as read_mail (documents/text) writes them and mail programs
// quote them: names and addresses, in no language.
bool is_mail_header(std::string_view paragraph);

// Where lines within a paragraph end not because the margin was reached, but because something did: before a bullet
// or number, after a line far shorter than the longest. Bytes of those line feeds, ascending.
std::vector<std::uint32_t> hard_line_ends(std::string_view text, Span paragraph);

}  // namespace docmill::nlp
