// MappedInput: a mapped file as qpdf reads it. What has been read does not stay in memory, however much it is.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <qpdf/Buffer.hh>
#include <qpdf/BufferInputSource.hh>
#include <string>

#include "documents/mapped_file.hpp"

namespace docmill {

class MappedInput final : public BufferInputSource {
 public:
  // `name` is for qpdf's messages. `file` outlives this.
  MappedInput(const std::string& name, const MappedFile& file)
      : BufferInputSource(name, view_of(file), true), file_(file) {}

  std::size_t read(char* to, std::size_t length) override {
    const auto size = BufferInputSource::read(to, length);
    const auto block = tell() / block_size;
    if (block == block_) return size;
    block_ = block;
    touched_ += std::max(size, static_cast<std::size_t>(block_size));
    if (touched_ >= most_resident) {
      file_.release();
      touched_ = 0;
    }
    return size;
  }

 private:
  static constexpr qpdf_offset_t block_size = 64 << 10;  // what the kernel maps around a byte that is read
  static constexpr std::size_t most_resident = 4U << 20U;

  // A buffer that does not own the bytes.
  static Buffer* view_of(const MappedFile& file) {
    return std::make_unique<Buffer>(const_cast<unsigned char*>(file.data()), file.size()).release();
  }

  const MappedFile& file_;
  qpdf_offset_t block_ = 0;  // in which the last read ended
  std::size_t touched_ = 0;  // bytes, about, since the last release
};

}  // namespace docmill
