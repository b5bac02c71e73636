// Capabilities as words: what the tasks of a job need, what a node offers.
//
//   ocr         a stage that the node's docmill-worker has
//   pdfa        the node has Ghostscript
//   lang:deu    a language that its Tesseract has, by the model's name
//   run:<…>     given to one process alone: its job needs this word only, its node offers this word only
//
// A word is 1 to 128 bytes from '!' to '~': no blanks.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace docmill {

using Words = std::vector<std::string>;

// What a job with this pipeline and these options, resolved, needs of a node: sorted, each once. invalid_option: a
// stage or language that can be none.
Result<Words> needs_of(std::string_view pipeline, const boost::json::object& options);

// The limits that brokers hold to. invalid_option: a malformed word, or too many; for needs also unsorted or twice.
Status check_needs(const Words& needs);
Status check_offers(const Words& offers);

// Whether who offers this may be given what needs that. No offers: everything.
bool covers(const Words& offers, const Words& needs);

// What the node that comes nearest still lacks; empty: one covers all. Without nodes: all of `needs`.
Words lacking(const Words& needs, const std::vector<Words>& offers_of_nodes);

// Words in one text, parted by blanks, and back.
std::string join_words(const Words& words);
Words split_words(std::string_view text, char separator = ' ');

}  // namespace docmill
