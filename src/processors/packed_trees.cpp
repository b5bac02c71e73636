#include "processors/packed_trees.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace docmill {
namespace {

constexpr double units(int decimals) { return decimals == 0 ? 1 : 10 * units(decimals - 1); }

constexpr double box_units = units(box_decimals);
constexpr double slope_units = units(slope_decimals);
constexpr double confidence_units = units(confidence_decimals);

// Nonsense becomes 0, as in JSON.
std::int64_t rounded(double value) {
  constexpr double most = 1e15;
  return std::abs(value) < most ? std::llround(value) : 0;
}

// Numbers of a file may be anything: they wrap around instead of overflowing.
std::int64_t sum(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}
std::int64_t difference(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}

void append_varint(std::string& out, std::int64_t number) {
  auto rest = static_cast<std::uint64_t>(number) << 1U ^ static_cast<std::uint64_t>(number >> 63);
  for (; rest >= 0x80U; rest >>= 7U) out += static_cast<char>(rest | 0x80U);
  out += static_cast<char>(rest);
}

// Reads from `offset` on, and moves that. Throws std::out_of_range at the end of `bytes`.
std::int64_t take_varint(std::string_view bytes, std::size_t& offset) {
  std::uint64_t number = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.at(offset++));
    number |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
    if (byte < 0x80U) return static_cast<std::int64_t>(number >> 1U ^ (~(number & 1U) + 1));
  }
  throw std::out_of_range("a number has no end");
}

// Writes what it is passed.
class ColumnWriter {
 public:
  explicit ColumnWriter(TreeColumns& columns) : columns_(columns) {}

  void pass(TreeColumn column, std::int64_t& number) { append_varint(of(column), number); }
  void pass(std::string& text) { of(TreeColumn::texts).append(text) += '\0'; }
  template <class Item>
  void pass_size(std::vector<Item>& items) {
    auto size = static_cast<std::int64_t>(items.size());
    pass(TreeColumn::counts, size);
  }

 private:
  std::string& of(TreeColumn column) { return columns_[static_cast<std::size_t>(column)]; }

  TreeColumns& columns_;
};

// Sets what it is passed to what was written. Throws std::out_of_range where that cannot be.
class ColumnReader {
 public:
  using Offsets = std::array<std::size_t, std::tuple_size_v<TreeColumns>>;
  ColumnReader(const TreeColumns& columns, Offsets& read) : columns_(columns), read_(read) {}

  void pass(TreeColumn column, std::int64_t& number) {
    const auto index = static_cast<std::size_t>(column);
    number = take_varint(columns_[index], read_[index]);
  }
  void pass(std::string& text) {
    const auto index = static_cast<std::size_t>(TreeColumn::texts);
    const auto end = columns_[index].find('\0', read_[index]);
    if (end == std::string::npos) throw std::out_of_range("there are no more words");
    text = columns_[index].substr(read_[index], end - read_[index]);
    read_[index] = end + 1;
  }
  template <class Item>
  void pass_size(std::vector<Item>& items) {
    // Every item has a byte of its own, of a word the end of its text, of others a count.
    const auto most = std::max(columns_[static_cast<std::size_t>(TreeColumn::counts)].size(),
                               columns_[static_cast<std::size_t>(TreeColumn::texts)].size());
    std::int64_t size = 0;
    pass(TreeColumn::counts, size);
    if (size < 0 || static_cast<std::uint64_t>(size) > most) throw std::out_of_range("there are not so many");
    items.resize(static_cast<std::size_t>(size));
  }

 private:
  const TreeColumns& columns_;
  Offsets& read_;
};

// Passes all that is in a tree to a writer or a reader, in the same order: the format, described once.
template <class Columns>
class Passage {
 public:
  Passage(Columns columns, ExpectedBoxes& expected) : columns_(columns), expected_(expected) {}

  void pass(std::vector<Block>& blocks) {
    columns_.pass_size(blocks);
    for (auto& block : blocks) {
      pass(block.box, expected_.block);
      columns_.pass_size(block.paragraphs);
      for (auto& paragraph : block.paragraphs) {
        pass(paragraph.box, expected_.paragraph);
        columns_.pass_size(paragraph.lines);
        for (auto& line : paragraph.lines) pass(line);
      }
    }
  }

 private:
  void pass(Line& line) {
    pass(line.box, expected_.line);
    pass(TreeColumn::slopes, line.baseline_slope, slope_units, 0);
    pass(TreeColumn::offsets, line.baseline_offset, box_units, 0);
    std::int64_t right_to_left = line.right_to_left ? 1 : 0;
    columns_.pass(TreeColumn::counts, right_to_left);
    line.right_to_left = right_to_left != 0;
    columns_.pass_size(line.words);
    auto end = expected_.line.left;
    for (auto& word : line.words) {
      pass(word, line, end);
      pass(TreeColumn::confidences, word.confidence, confidence_units, static_cast<std::int64_t>(confidence_units));
      columns_.pass(word.text);
    }
  }

  // `end`: of the word before, and then of this.
  void pass(Word& word, const Line& line, std::int64_t& end) {
    const auto baseline_at = [&](double x) { return rounded(line.baseline_at(x) * box_units); };
    const auto begin = pass(TreeColumn::gaps, word.box.left, box_units, end);
    end = pass(TreeColumn::widths, word.box.right, box_units, begin);
    const auto [upper, lower] = std::minmax({baseline_at(word.box.left), baseline_at(word.box.right)});
    pass(TreeColumn::rises, word.box.top, box_units, upper);
    pass(TreeColumn::drops, word.box.bottom, box_units, lower);
  }

  void pass(Box& box, ExpectedBox& last) {
    const auto height = difference(last.bottom, last.top);
    last.left = pass(TreeColumn::left, box.left, box_units, last.left);
    last.top = pass(TreeColumn::top, box.top, box_units, last.bottom);
    last.right = pass(TreeColumn::right, box.right, box_units, last.right);
    last.bottom = pass(TreeColumn::bottom, box.bottom, box_units, sum(last.top, height));
  }

  // Rounds `value` and passes how many units it lies beyond `expected`. Returns it in units.
  std::int64_t pass(TreeColumn column, double& value, double units_of_one, std::int64_t expected) {
    auto distance = difference(rounded(value * units_of_one), expected);
    columns_.pass(column, distance);
    const auto passed = sum(expected, distance);
    value = static_cast<double>(passed) / units_of_one;
    return passed;
  }

  Columns columns_;
  ExpectedBoxes& expected_;
};

}  // namespace

void TreePacker::add(std::vector<Block> blocks) { Passage(ColumnWriter(columns_), expected_).pass(blocks); }

std::size_t TreePacker::size() const {
  return std::accumulate(columns_.begin(), columns_.end(), std::size_t{0},
                         [](std::size_t size, const std::string& column) { return size + column.size(); });
}

TreeColumns TreePacker::take() { return std::exchange(*this, TreePacker()).columns_; }

Result<std::vector<Block>> TreeUnpacker::next() {
  std::vector<Block> blocks;
  try {
    Passage(ColumnReader(columns_, read_), expected_).pass(blocks);
  } catch (const std::out_of_range& problem) {
    return fail(ErrorCode::unreadable, std::string("the text of a page cannot be read back: ") + problem.what());
  }
  return blocks;
}

}  // namespace docmill
