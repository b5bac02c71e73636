// Document: a file of pages, opened from a descriptor; what it is, is decided by its content. Poppler reads text and
// draws, qpdf looks into the structure and takes embedded scans out, leptonica reads images.
//
// Not thread-safe. Foreign exceptions do not leave: every failure is a Result. Hostile files may still loop, crash or
// take gigabytes: the worker process, its clocks and limits contain that.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "documents/image.hpp"
#include "documents/text_page.hpp"

namespace docmill {

enum class DocumentType {
  pdf,
  png,
  jpeg,
  tiff,
  webp,
  jpeg2000,
  bmp,
  pnm,
  // What is text and has no pages: documents/text/text_document.hpp.
  text,
  markdown,
  html,
  docx,
  odt,
  pptx,
  xlsx,
  mail
};
std::string_view media_type(DocumentType type);  // "application/pdf", "image/png", …

struct OpenOptions {
  std::string name;              // for messages only
  std::string password;          // for encrypted PDFs
  int max_pages = 0;             // 0: none. More: too_large
  std::uint64_t max_pixels = 0;  // of one page image; 0: none. More: that page is too_large
  int image_dpi = 0;             // of images that do not say theirs, or nonsense; 0: 300
};

// An image that covers its page: what scanners make.
struct ScanInfo {
  int width = 0;  // pixels
  int height = 0;
  double dpi = 0;  // as placed on the page
};

class Page {
 public:
  virtual ~Page() = default;

  virtual int number() const = 0;  // 1-based
  // Size as shown, in points (1/72 inch); for an image its pixels * 72 / dpi.
  virtual double width_points() const = 0;
  virtual double height_points() const = 0;

  // What is written in the text layer, at 72 dpi, status `read`; no blocks where there is none (images always).
  virtual Result<TextPage> text_layer() = 0;

  // The text layer was written by an earlier recognition: there is text, and none of it is seen (invisible, or below
  // the scan). False where it cannot be told.
  virtual bool has_invisible_text() = 0;

  // The embedded scan that makes up the page, if the page is one image; for images the image itself.
  virtual std::optional<ScanInfo> scan() = 0;

  // The page as pixels, upright as shown, 8-bit gray or 1-bit: the embedded scan at its own resolution, if scan() has
  // one, else drawn at `dpi` without the text of an invisible text layer. Its dpi() is set.
  virtual Result<Image> image(double dpi) = 0;

  // Once its text or its pixels have been asked for: why part of them is missing, or is not what it was. nullopt:
  // nothing of that is known.
  virtual std::optional<Error> damage() const { return std::nullopt; }
};

class Document {
 public:
  virtual ~Document() = default;

  // Opens what `descriptor` (borrowed; must be readable and seekable, and stay open as long as the Document) holds.
  //   unreadable: empty, damaged beyond repair · unsupported_type: something else · encrypted: wrong or no password
  //   too_large: more pages than allowed
  static Result<std::unique_ptr<Document>> open(int descriptor, const OpenOptions& options);

  virtual DocumentType type() const = 0;
  virtual int page_count() const = 0;
  virtual Result<std::unique_ptr<Page>> page(int number) = 0;  // 1-based

  // The whole text of a document that is text and has no pages; null: it has pages. Valid UTF-8.
  virtual const std::string* text() const { return nullptr; }

  // What of such a document could not be read and is not in its text: a sentence each, valid UTF-8.
  virtual std::vector<std::string> left_out() const { return {}; }
};

// What the content says a file is, from its first bytes; nullopt: none that we read.
std::optional<DocumentType> sniff(std::string_view first_bytes);

// Does once, before the fork, what every process would otherwise do anew: fonts, tables, first use of the libraries.
void warm_up_documents();

}  // namespace docmill
