// LimitedSink: where decoded streams of PDFs go.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <qpdf/Pipeline.hh>
#include <stdexcept>
#include <string>
#include <utility>

namespace docmill {

// Keeps (or only counts) what is written, and throws when it is too much: a small stream may expand to gigabytes.
class LimitedSink final : public Pipeline {
 public:
  enum class Content { keep, drop };
  LimitedSink(std::uint64_t limit, Content content) : Pipeline("content", nullptr), limit_(limit), content_(content) {}

  void write(const unsigned char* data, std::size_t size) override {
    const auto room = static_cast<std::size_t>(std::min<std::uint64_t>(size, limit_ - size_));
    if (content_ == Content::keep) text_.append(reinterpret_cast<const char*>(data), room);
    size_ += room;
    is_full_ = is_full_ || room < size;
    if (is_full_) throw std::length_error("enough");
  }
  void finish() override {}

  bool is_full() const { return is_full_; }
  std::uint64_t size() const { return size_; }
  const std::string& text() const { return text_; }
  std::string take() { return std::move(text_); }

 private:
  const std::uint64_t limit_;
  const Content content_;
  std::uint64_t size_ = 0;
  bool is_full_ = false;
  std::string text_;
};

}  // namespace docmill
