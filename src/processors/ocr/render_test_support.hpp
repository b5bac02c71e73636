// For the tests of the renderers: pages made of a few words.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "processors/ocr/renderer.hpp"
#include "processors/test_support.hpp"

namespace docmill::ocr {

inline Box hull(const std::vector<Word>& words) {
  Box box = words.front().box;
  for (const auto& word : words) {
    box.left = std::min(box.left, word.box.left);
    box.top = std::min(box.top, word.box.top);
    box.right = std::max(box.right, word.box.right);
    box.bottom = std::max(box.bottom, word.box.bottom);
  }
  return box;
}

inline Line line_of(std::vector<Word> words) {
  Line line;
  line.box = hull(words);
  line.words = std::move(words);
  return line;
}

inline Block block_of(std::vector<Line> lines) {
  Paragraph paragraph;
  paragraph.box = lines.front().box;
  paragraph.lines = std::move(lines);
  Block block;
  block.box = paragraph.box;
  block.paragraphs = {std::move(paragraph)};
  return block;
}

// 1000 x 500 pixels at 100 dpi, two blocks.
inline TextPage sample_page(int number = 1) {
  TextPage page;
  page.number = number;
  page.width = 1000;
  page.height = 500;
  page.dpi = 100;
  page.language = "eng";
  page.confidence = 0.9;
  page.blocks = {
      block_of({line_of({{"Hello", {100, 40, 200, 70}, 0.95}, {"world", {220, 40, 330, 70}, 0.85}}),
                line_of({{"again", {100, 90, 190, 120}, 0.9}})}),
      block_of({line_of({{"Other", {600, 40, 700, 70}, 0.9}})}),
  };
  return page;
}

// What the renderer of `format` writes for `pages`; the test fails if it does not.
inline std::string render(std::string_view format, const std::vector<TextPage>& pages,
                          const RenderSource& source = {}) {
  const auto output = memory_file();
  auto renderer = open_renderer(format, output.get(), source);
  if (!renderer) {
    ADD_FAILURE() << renderer.error().message;
    return {};
  }
  for (const auto& page : pages) {
    const auto status = (*renderer)->page(page);
    EXPECT_TRUE(status) << status.error().message;
  }
  const auto status = (*renderer)->finish();
  EXPECT_TRUE(status) << status.error().message;
  return content_of(output);
}

}  // namespace docmill::ocr
