#include "documents/poppler_messages.hpp"

#include <poppler-global.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "documents/sniff.hpp"

namespace docmill {

namespace {

// What is said of data that were lost; all else may be said of a page that is whole. (Decoders of JBIG2 name the format
// or a segment in each of their messages.)
bool tells_of_loss(std::string_view message) {
  constexpr std::array<std::string_view, 6> words{"flate stream", "LZW stream", "CCITTFax stream",
                                                  "JBIG2",        "segment",    "Unterminated string"};
  return std::ranges::any_of(words, [&](auto word) { return message.find(word) != std::string_view::npos; });
}

// "poppler: error (123): Couldn't read xref table" → "Couldn't read xref table"
std::string shown(std::string_view text) {
  for (const std::string_view prefix : {"poppler", "error"}) {
    const auto colon = text.find(": ");
    if (text.starts_with(prefix) && colon != std::string_view::npos) text.remove_prefix(colon + 2);
  }
  constexpr std::string_view line_end = "<0a>";  // Poppler's way to write it
  if (text.ends_with(line_end)) text.remove_suffix(line_end.size());
  return printable(text);
}

}  // namespace

PopplerMessages::PopplerMessages() {
  poppler::set_debug_error_function(
      [](const std::string& message, void* self) {
        auto& messages = *static_cast<PopplerMessages*>(self);
        if (messages.first_.empty()) messages.first_ = message;
        if (messages.loss_.empty() && tells_of_loss(message)) messages.loss_ = message;
      },
      this);
}

PopplerMessages::~PopplerMessages() { silence(); }

void PopplerMessages::silence() {
  poppler::set_debug_error_function([](const std::string&, void*) {}, nullptr);
}

std::string PopplerMessages::first() const { return shown(first_); }

std::string PopplerMessages::loss() const { return shown(loss_); }

}  // namespace docmill
