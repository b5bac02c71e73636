// For tests of documents: files in memory, and PDFs written by hand.
#pragma once

#include <gtest/gtest.h>
#include <leptonica/allheaders.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/descriptor.hpp"
#include "documents/document.hpp"

namespace docmill::test {

// An opened document with the file that it reads.
struct Opened {
  Descriptor file;
  Result<std::unique_ptr<Document>> document;

  std::unique_ptr<Page> page(int number) {
    auto page = (*document)->page(number);
    EXPECT_TRUE(page) << (page ? "" : page.error().message);
    return page ? std::move(*page) : nullptr;
  }
};

inline Descriptor memory_file(std::string_view bytes) {
  Descriptor file(memfd_create("document", MFD_CLOEXEC));
  EXPECT_EQ(write(file.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  return file;
}

inline Opened open_bytes(std::string_view bytes, const OpenOptions& options = {}) {
  auto file = memory_file(bytes);
  auto document = Document::open(file.get(), options);
  return {std::move(file), std::move(document)};
}

// A PDF of given objects; 1 is the catalog, 2 the page tree, 3 … its pages and what they use.
class PdfFile {
 public:
  // Returns the new object's number.
  int add(std::string body) {
    objects_.push_back(std::move(body));
    return static_cast<int>(objects_.size()) + 2;
  }
  int add_stream(const std::string& entries, std::string_view data) {
    return add("<<" + entries + "/Length " + std::to_string(data.size()) + ">>\nstream\n" + std::string(data) +
               "\nendstream");
  }
  // `extra`: further entries of the page, among them /MediaBox.
  void add_page(const std::string& content, const std::string& resources, const std::string& extra) {
    const int contents = add_stream("", content);
    const int page = add("<</Type/Page/Parent 2 0 R/Contents " + std::to_string(contents) + " 0 R/Resources<<" +
                         resources + ">>" + extra + ">>");
    add_kid(page);
  }
  // The next page is object `page`.
  void add_kid(int page) {
    kids_ += std::to_string(page) + " 0 R ";
    ++pages_;
  }

  // Entries of the catalog.
  void add_to_catalog(const std::string& entries) { catalog_ += entries; }

  std::string bytes() const {
    std::vector<std::string> all{"<</Type/Catalog/Pages 2 0 R" + catalog_ + ">>",
                                 "<</Type/Pages/Kids[" + kids_ + "]/Count " + std::to_string(pages_) + ">>"};
    all.insert(all.end(), objects_.begin(), objects_.end());
    std::string out = "%PDF-1.5\n";
    std::string table = "xref\n0 " + std::to_string(all.size() + 1) + "\n0000000000 65535 f \n";
    for (std::size_t i = 0; i < all.size(); ++i) {
      char row[24];
      std::snprintf(row, sizeof row, "%010zu 00000 n \n", out.size());
      table += row;
      out += std::to_string(i + 1) + " 0 obj\n" + all[i] + "\nendobj\n";
    }
    const auto start = std::to_string(out.size());
    return out + table + "trailer\n<</Size " + std::to_string(all.size() + 1) + "/Root 1 0 R>>\nstartxref\n" + start +
           "\n%%EOF\n";
  }

 private:
  std::vector<std::string> objects_;
  std::string kids_;
  std::string catalog_;
  int pages_ = 0;
};

inline const std::string helvetica = "/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>";
inline const std::string letter_size = "/MediaBox[0 0 612 792]";

// A PDF of one page.
inline std::string one_page(const std::string& content, const std::string& resources = helvetica,
                            const std::string& extra = letter_size) {
  PdfFile pdf;
  pdf.add_page(content, resources, extra);
  return pdf.bytes();
}

// `pix` (borrowed) as a file in one of leptonica's formats.
inline std::string encoded(Pix* pix, int format) {
  l_uint8* data = nullptr;
  size_t size = 0;
  EXPECT_EQ(pixWriteMem(&data, &size, pix, format), 0);
  std::string bytes(reinterpret_cast<char*>(data), size);
  lept_free(data);
  return bytes;
}

// Gray, no two corners alike, and no row or column like another: every turn and flip shows.
inline Image odd_picture(int width, int height) {
  Image image(pixCreate(width, height, 8));
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const bool mark = x < width / 3 && y < height / 4;
      pixSetPixel(image.pix(), x, y, static_cast<l_uint32>(mark ? 0 : 60 + 120 * x / width + 70 * y / height));
    }
  }
  return image;
}

// The mean difference of two gray or bilevel pictures of the same size, 0 … 255; 999 where the sizes differ.
inline double difference(const Image& a, const Image& b) {
  if (a.width() != b.width() || a.height() != b.height()) return 999;
  const Image gray_a(pixConvertTo8(a.pix(), 0));
  const Image gray_b(pixConvertTo8(b.pix(), 0));
  float mean = 0;
  pixCompareGray(gray_a.pix(), gray_b.pix(), L_COMPARE_ABS_DIFF, 0, nullptr, &mean, nullptr, nullptr);
  return static_cast<double>(mean);
}

}  // namespace docmill::test
