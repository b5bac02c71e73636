#include "processors/packed_trees.hpp"

#include <gtest/gtest.h>

#include <random>

namespace docmill {
namespace {

// As JSON keeps it.
std::vector<Block> rounded(const std::vector<Block>& blocks) {
  TextPage page;
  page.blocks = blocks;
  return text_page_from_json(to_json(page, true))->blocks;
}

// A tree of numbers that nobody expects.
std::vector<Block> wild_tree(std::mt19937& random) {
  std::uniform_real_distribution<double> anywhere(-3000, 3000);
  std::uniform_int_distribution<std::size_t> few(0, 3);
  const auto box = [&] { return Box{anywhere(random), anywhere(random), anywhere(random), anywhere(random)}; };
  std::vector<Block> blocks(few(random));
  for (auto& block : blocks) {
    block.box = box();
    block.paragraphs.resize(few(random));
    for (auto& paragraph : block.paragraphs) {
      paragraph.box = box();
      paragraph.lines.resize(few(random));
      for (auto& line : paragraph.lines) {
        line = {box(), anywhere(random) / 3000, anywhere(random), few(random) == 0, {}};
        line.words.resize(few(random));
        for (auto& word : line.words) word = {"wörter", box(), std::abs(anywhere(random)) / 3000};
      }
    }
  }
  return blocks;
}

TEST(PackedTrees, AreUnpackedAsJsonWouldBe) {
  std::mt19937 random(1);
  TreePacker packer;
  std::vector<std::vector<Block>> trees;
  for (int i = 0; i < 50; ++i) packer.add(trees.emplace_back(wild_tree(random)));
  TreeUnpacker unpacker(packer.take());
  for (const auto& tree : trees) {
    const auto unpacked = unpacker.next();
    ASSERT_TRUE(unpacked);
    EXPECT_EQ(*unpacked, rounded(tree));
  }
  EXPECT_FALSE(unpacker.next());
  EXPECT_EQ(packer.size(), 0U);
}

TEST(PackedTrees, OfNonsenseAreUnpackedAsJsonWouldBe) {
  Line line;
  line.box = {std::nan(""), 1e300, -1e300, HUGE_VAL};
  line.words = {{"", line.box, std::nan("")}, {"x", {1e13, -1e13, 1e13, 0}, 7}};
  TreePacker packer;
  packer.add({{line.box, {{line.box, {line}}}}});
  TreeUnpacker unpacker(packer.take());
  const auto unpacked = unpacker.next();
  ASSERT_TRUE(unpacked);
  EXPECT_EQ(*unpacked, rounded({{line.box, {{line.box, {line}}}}}));
}

TEST(PackedTrees, ThatAreDamagedAreRefusedOrSaySomethingElse) {
  std::mt19937 random(2);
  TreePacker packer;
  for (int i = 0; i < 5; ++i) packer.add(wild_tree(random));
  const auto columns = packer.take();
  for (std::size_t i = 0; i < columns.size(); ++i) {
    for (std::size_t size = 0; size < columns[i].size(); ++size) {
      auto cut_off = columns;
      cut_off[i].resize(size);
      TreeUnpacker unpacker(std::move(cut_off));
      int trees = 0;
      while (unpacker.next()) ++trees;
      EXPECT_LT(trees, 5) << i << ' ' << size;
    }
  }
  for (int i = 0; i < 2000; ++i) {
    auto damaged = columns;
    auto& column = damaged[random() % damaged.size()];
    column[random() % column.size()] = static_cast<char>(random());
    TreeUnpacker unpacker(std::move(damaged));
    while (unpacker.next()) continue;
  }
}

}  // namespace
}  // namespace docmill
