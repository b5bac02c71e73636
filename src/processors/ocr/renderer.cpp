#include "processors/ocr/renderer.hpp"

#include <array>
#include <utility>

#include "processors/ocr/render_formats.hpp"

namespace docmill::ocr {
namespace {

struct Format {
  std::string_view name;
  MakeRenderer* make;
};

constexpr std::array formats{
    Format{"txt", make_txt_renderer},       Format{"json", make_json_renderer}, Format{"tsv", make_tsv_renderer},
    Format{"hocr", make_hocr_renderer},     Format{"alto", make_alto_renderer}, Format{"pdf", make_pdf_renderer},
    Format{"blocks", make_blocks_renderer},
};

}  // namespace

Result<std::unique_ptr<Renderer>> open_renderer(std::string_view format, int output, const RenderSource& source) {
  for (const auto& known : formats) {
    if (known.name != format) continue;
    auto name = std::string(format) + " output of '" + source.name + "'";
    return known.make(std::make_unique<Output>(output, std::move(name)), source);
  }
  return fail(ErrorCode::invalid_option, "there is no output format '" + std::string(format) + "'");
}

}  // namespace docmill::ocr
