// For tests of stages: pages that are drawn with leptonica's own bitmap fonts.
#pragma once

#include <gtest/gtest.h>
#include <leptonica/allheaders.h>

#include <array>
#include <string>

#include "documents/image.hpp"

namespace docmill {

// 8-bit gray at 300 dpi.
inline Image white_page(int width, int height) {
  Pix* const pix = pixCreate(width, height, 8);
  pixSetAll(pix);
  pixSetResolution(pix, 300, 300);
  return Image(pix);
}

inline void fill(Image& page, int left, int top, int width, int height) {
  ::Box* box = boxCreate(left, top, width, height);
  pixSetInRectArbitrary(page.pix(), box, 0);
  boxDestroy(&box);
}

// One line of `text` with its baseline at `y`; `points`: even, from 4 to 20.
inline void write(Image& page, int x, int y, const std::string& text, int points) {
  L_Bmf* font = bmfCreate(nullptr, points);
  ASSERT_NE(font, nullptr);
  l_int32 width = 0;
  l_int32 overflow = 0;
  constexpr l_uint32 black = 0;
  pixSetTextline(page.pix(), font, text.c_str(), black, x, y, &width, &overflow);
  EXPECT_FALSE(overflow) << "the page is too narrow for: " << text;
  bmfDestroy(&font);
}

inline constexpr std::array text_lines{
    "The committee of the harbour measured the old bridge", "and decided that every winter would make it worse",
    "while the minister answered none of their letters",    "The captain remembered the morning of the accident",
    "and described the weather to a patient secretary",     "Nobody expected the library to be open on Sunday",
};

// A page of these lines.
inline Image text_page(int margin, int points) {
  auto page = white_page(2480, 1400);
  int y = margin;
  for (const auto* line : text_lines) {
    write(page, margin, y, line, points);
    y += points * 300 / 72 * 3 / 2;
  }
  return page;
}

// A page full of them.
inline Image long_page() {
  auto page = white_page(2480, 3000);
  for (int i = 0; i < 24; ++i) write(page, 300, 300 + i * 110, text_lines.at(static_cast<std::size_t>(i) % 6), 10);
  return page;
}

}  // namespace docmill
