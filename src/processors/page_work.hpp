// PageWork: one page on its way through the stages of a pipeline.
//
// Pixels are pulled, not pushed: a stage that changes pixels leaves a transform, which runs when a later stage asks for
// pixels, once. So a page whose text layer is read is never drawn, whatever stages stand before the reader.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "documents/document.hpp"
#include "processors/way_back.hpp"

namespace docmill {

// Pixels that stand for a page, or for a part of it.
struct Sheet {
  Image image;       // 8-bit gray or 1-bit, its dpi set
  WayBack way_back;  // from its pixels to the frame's
};

// The pixels of a page: one sheet, or two of a double page, in the order of reading.
struct Sheets {
  // The frame that every way back leads to: the page as it is shown, turned as `preparation` says.
  int width = 0;
  int height = 0;
  double dpi = 0;
  Preparation preparation;
  std::vector<Sheet> sheets;
};

// The files of a page as they lie on the disk, where they come from a part: a writer that will want them again later
// keeps this, instead of them. It must not outlive the task.
class StoredFiles {
 public:
  virtual ~StoredFiles() = default;
  // The one that `stage` left. unreadable: it is gone, the disk fails, there is none
  virtual Result<std::string> read(std::string_view stage) = 0;
  // They stand in an output, and are not wanted again: their room on the disk is given back.
  virtual void give_back() = 0;
};

// What the stages found on a page. It is all that the outputs are made of, and travels from a part to its merge.
struct PageResult {
  TextPage text;  // the tree, and the page's row in the manifest
  // By stage: what it wants to tell its own writer, as JSON and as bytes (an encoded image).
  std::map<std::string, std::string, std::less<>> notes;
  std::map<std::string, std::string, std::less<>> files;
  // Where the files lie as well; null: nowhere. If no writer keeps it, they are given back when all have seen the page.
  std::shared_ptr<StoredFiles> stored = nullptr;
};

class PageWork {
 public:
  using Transform = std::function<Result<Sheets>(Sheets)>;
  // Called when the number of pixels is known that are about to be made. An error: they are not.
  using OnImage = std::function<Status(double megapixels)>;

  // `dpi`: at which pages that are no scans are drawn.
  PageWork(Page& page, double dpi, OnImage on_image);

  Page& page() { return page_; }

  // Of the page's pixels, were they made.
  double megapixels() const;

  // Changes the pixels that those see who ask from now on.
  void transform(Transform step);

  // The page's pixels as they stand in the document, whatever transforms there are. Not to be written to.
  Result<Image> untouched();

  // The page's pixels. Made at the first call; the error of that call is returned again by each later one.
  Result<const Sheets*> sheets();

  PageResult result;

 private:
  Result<Sheets> original();

  Page& page_;
  const double dpi_;
  const OnImage on_image_;
  std::optional<Result<Image>> untouched_;
  std::vector<Transform> pending_;
  std::optional<Result<Sheets>> sheets_;
};

}  // namespace docmill
