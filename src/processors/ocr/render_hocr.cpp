// hOCR 1.2: XHTML whose classes and title properties carry the layout, with the identifiers that Tesseract gives.
#include <algorithm>
#include <cmath>

#include "docmill_version.hpp"
#include "documents/text_format.hpp"
#include "processors/ocr/render_formats.hpp"
#include "processors/ocr/render_xml.hpp"

namespace docmill::ocr {
namespace {

constexpr std::string_view head = R"(<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml">
 <head>
  <title></title>
  <meta http-equiv="Content-Type" content="text/html;charset=utf-8" />
  <meta name="ocr-system" content="docmill )" DOCMILL_VERSION R"(" />
  <meta name="ocr-capabilities" content="ocr_page ocr_carea ocr_par ocr_line ocrx_word ocrp_wconf ocrp_lang ocrp_dir" />
 </head>
 <body>
)";

// hOCR knows whole pixels only: outwards, so that no box cuts what it holds.
void append_bbox(std::string& out, const Box& box) {
  out += "bbox";
  for (const double side : {std::floor(box.left), std::floor(box.top), std::ceil(box.right), std::ceil(box.bottom)}) {
    out += ' ';
    append_number(out, std::max(side, 0.0), 0);
  }
}

class HocrRenderer final : public Renderer {
 public:
  HocrRenderer(std::unique_ptr<Output> output, std::string name) : output_(std::move(output)), name_(std::move(name)) {
    std::replace(name_.begin(), name_.end(), '"', '\'');  // hOCR has no way to write a quote in a quoted property
  }

  Status page(const TextPage& page) override {
    DOCMILL_CHECK(write_head());
    html_.clear();
    page_ = page.number;
    blocks_ = paragraphs_ = lines_ = words_ = 0;
    append_page(page);
    return output_->write(html_);
  }

  Status finish() override {
    DOCMILL_CHECK(write_head());
    DOCMILL_CHECK(output_->write(" </body>\n</html>\n"));
    return output_->flush();
  }

 private:
  Status write_head() {
    if (has_head_) return {};
    has_head_ = true;
    return output_->write(head);
  }

  // `<TAG class="CLASS" id="PREFIX_PAGE_COUNT"`
  void open(std::string_view tag, std::string_view css_class, std::string_view prefix, int count) {
    html_.append("<").append(tag).append(" class=\"").append(css_class).append("\" id=\"").append(prefix);
    html_ += '_' + std::to_string(page_) + '_' + std::to_string(count) + '"';
  }

  void append_page(const TextPage& page) {
    html_ += R"(  <div class="ocr_page" id="page_)" + std::to_string(page_) + '"';
    if (const auto language = language_tag(page.language); !language.empty()) {
      html_ += " lang=\"";
      append_xml(html_, language);
      html_ += '"';
    }
    html_ += " title=\"image &quot;";
    append_xml(html_, name_);
    html_ += "&quot;; x_source &quot;";
    append_xml(html_, name_);
    html_ += "&quot; " + std::to_string(page_) + "; ";
    append_bbox(html_, {.left = 0, .top = 0, .right = page.width, .bottom = page.height});
    html_ += "; ppageno " + std::to_string(page_ - 1) + "; scan_res ";
    append_number(html_, page.dpi, 0);
    html_ += ' ';
    append_number(html_, page.dpi, 0);
    html_ += "\">\n";
    for (const auto& block : page.blocks) append_block(block);
    html_ += "  </div>\n";
  }

  void append_block(const Block& block) {
    html_ += "   ";
    open("div", "ocr_carea", "block", ++blocks_);
    html_ += " title=\"";
    append_bbox(html_, block.box);
    html_ += "\">\n";
    for (const auto& paragraph : block.paragraphs) append_paragraph(paragraph);
    html_ += "   </div>\n";
  }

  void append_paragraph(const Paragraph& paragraph) {
    html_ += "    ";
    open("p", "ocr_par", "par", ++paragraphs_);
    const bool is_rtl = !paragraph.lines.empty() && paragraph.lines.front().right_to_left;
    html_ += is_rtl ? " dir=\"rtl\" title=\"" : " title=\"";
    append_bbox(html_, paragraph.box);
    html_ += "\">\n";
    for (const auto& line : paragraph.lines) append_line(line);
    html_ += "    </p>\n";
  }

  void append_line(const Line& line) {
    html_ += "     ";
    open("span", "ocr_line", "line", ++lines_);
    html_ += " title=\"";
    append_bbox(html_, line.box);
    html_ += "; baseline ";
    append_number(html_, line.baseline_slope, 4);
    html_ += ' ';
    append_number(html_, line.baseline_offset, 1);
    html_ += "\">\n";
    for (const auto& word : line.words) append_word(word);
    html_ += "     </span>\n";
  }

  void append_word(const Word& word) {
    html_ += "      ";
    open("span", "ocrx_word", "word", ++words_);
    html_ += " title=\"";
    append_bbox(html_, word.box);
    html_ += "; x_wconf ";
    append_number(html_, std::clamp(word.confidence, 0.0, 1.0) * 100, 0);
    html_ += "\">";
    append_xml(html_, word.text);
    html_ += "</span>\n";
  }

  const std::unique_ptr<Output> output_;
  std::string name_;
  bool has_head_ = false;
  // Of the page that is being written.
  std::string html_;
  int page_ = 0;
  int blocks_ = 0;
  int paragraphs_ = 0;
  int lines_ = 0;
  int words_ = 0;
};

}  // namespace

Result<std::unique_ptr<Renderer>> make_hocr_renderer(std::unique_ptr<Output> output, const RenderSource& source) {
  return std::make_unique<HocrRenderer>(std::move(output), source.name);
}

}  // namespace docmill::ocr
