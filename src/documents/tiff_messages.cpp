#include "documents/tiff_messages.hpp"

#include <tiffio.h>

#include <array>
#include <cstdio>
#include <string_view>

#include "documents/sniff.hpp"

namespace docmill {
namespace {

// Where the message goes.
std::string* first_damage = nullptr;

void keep_first(const char* module, const char* format, va_list values) {
  if (first_damage == nullptr || !first_damage->empty()) return;
  if (!std::string_view(module == nullptr ? "" : module).starts_with("Fax")) return;
  std::array<char, 256> text{};
  std::vsnprintf(text.data(), text.size(), format, values);
  *first_damage = printable(text.data());
}

void on_error(thandle_t, const char* module, const char* format, va_list values) { keep_first(module, format, values); }

// Lines that are a pixel too long or too short are usual; rows that are missing are not.
void on_warning(thandle_t, const char* module, const char* format, va_list values) {
  if (std::string_view(format).starts_with("Premature EOF")) keep_first(module, format, values);
}

}  // namespace

// leptonica sets the plain handlers whenever it opens a TIFF, these it leaves alone.
TiffMessages::TiffMessages() {
  first_damage = &fax_damage_;
  TIFFSetErrorHandlerExt(on_error);
  TIFFSetWarningHandlerExt(on_warning);
}

TiffMessages::~TiffMessages() {
  TIFFSetErrorHandlerExt(nullptr);
  TIFFSetWarningHandlerExt(nullptr);
  first_damage = nullptr;
}

}  // namespace docmill
