// What renderer.cpp needs of the formats: one function each that makes its renderer.
#pragma once

#include <memory>

#include "processors/ocr/renderer.hpp"
#include "processors/output.hpp"

namespace docmill::ocr {

// The descriptor of `output` (and, for a pdf, of `source`) must outlive the renderer.
using MakeRenderer = Result<std::unique_ptr<Renderer>>(std::unique_ptr<Output> output, const RenderSource& source);

MakeRenderer make_txt_renderer;
MakeRenderer make_json_renderer;
MakeRenderer make_tsv_renderer;
MakeRenderer make_hocr_renderer;
MakeRenderer make_alto_renderer;
MakeRenderer make_pdf_renderer;
MakeRenderer make_blocks_renderer;

}  // namespace docmill::ocr
