// The bare loop of Tesseract as it comes, on the decoded pages as they are. Nothing of docmill's recognition is linked
// here, for that also changes how Tesseract's parallel regions run.
//
// usage: OMP_THREAD_LIMIT=1 tesseract_bench PROCESSES OUT FILE…
#include <fcntl.h>
#include <tesseract/baseapi.h>

#include <fstream>
#include <memory>

#include "bench/bare_loop.hpp"
#include "core/descriptor.hpp"
#include "documents/document.hpp"

namespace docmill {
namespace {

bool warm_up(tesseract::TessBaseAPI& api) {
  warm_up_documents();
  if (api.Init(nullptr, "eng", tesseract::OEM_LSTM_ONLY) != 0) return false;
  api.SetPageSegMode(tesseract::PSM_AUTO);
  return true;
}

Result<int> read_file(tesseract::TessBaseAPI& api, const std::string& file, const std::string& output) {
  const Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  DOCMILL_TRY(document, Document::open(descriptor.get(), OpenOptions()));
  std::ofstream text(output + ".txt");
  for (int number = 1; number <= document->page_count(); ++number) {
    constexpr double dpi = 300;
    DOCMILL_TRY(page, document->page(number));
    DOCMILL_TRY(image, page->image(dpi));
    api.SetImage(image.pix());
    const std::unique_ptr<char[]> recognised(api.GetUTF8Text());
    text << recognised.get();
    api.Clear();
  }
  return document->page_count();
}

}  // namespace
}  // namespace docmill

int main(int argc, char** argv) {
  tesseract::TessBaseAPI api;
  return docmill::bare_loop(
      argc, argv, [&] { return docmill::warm_up(api); },
      [&](const std::string& file, const std::string& output) { return docmill::read_file(api, file, output); });
}
