#include "documents/poppler_messages.hpp"

#include <poppler-global.h>

#include <string_view>

#include "documents/sniff.hpp"

namespace docmill {

PopplerMessages::PopplerMessages() {
  poppler::set_debug_error_function(
      [](const std::string& message, void* self) {
        auto& first = static_cast<PopplerMessages*>(self)->first_;
        if (first.empty()) first = message;
      },
      this);
}

PopplerMessages::~PopplerMessages() { silence(); }

void PopplerMessages::silence() {
  poppler::set_debug_error_function([](const std::string&, void*) {}, nullptr);
}

// "poppler: error (123): Couldn't read xref table" → "Couldn't read xref table"
std::string PopplerMessages::first() const {
  std::string_view text = first_;
  for (const std::string_view prefix : {"poppler", "error"}) {
    const auto colon = text.find(": ");
    if (text.starts_with(prefix) && colon != std::string_view::npos) text.remove_prefix(colon + 2);
  }
  constexpr std::string_view line_end = "<0a>";  // Poppler's way to write it
  if (text.ends_with(line_end)) text.remove_suffix(line_end.size());
  return printable(text);
}

}  // namespace docmill
