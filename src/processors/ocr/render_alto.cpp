// ALTO 4.4 in pixels: a ComposedBlock per block, a TextBlock per paragraph. The schema wants at least one String in a
// TextLine, one TextLine in a TextBlock and one Page in a Layout: what is empty is left out.
#include <algorithm>

#include "docmill_version.hpp"
#include "documents/text_format.hpp"
#include "processors/ocr/render_formats.hpp"
#include "processors/ocr/render_xml.hpp"

namespace docmill::ocr {
namespace {

constexpr std::string_view before_name = R"(<?xml version="1.0" encoding="UTF-8"?>
<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.loc.gov/standards/alto/ns-v4# http://www.loc.gov/standards/alto/v4/alto-4-4.xsd" SCHEMAVERSION="4.4">
 <Description>
  <MeasurementUnit>pixel</MeasurementUnit>
  <sourceImageInformation>
   <fileName>)";
constexpr std::string_view after_name = R"(</fileName>
  </sourceImageInformation>
  <Processing ID="processing_1">
   <processingCategory>contentGeneration</processingCategory>
   <processingSoftware>
    <softwareName>docmill</softwareName>
    <softwareVersion>)" DOCMILL_VERSION R"(</softwareVersion>
   </processingSoftware>
  </Processing>
 </Description>
 <Layout>
)";

void append_attribute(std::string& out, std::string_view name, double value, int decimals) {
  out.append(" ").append(name).append("=\"");
  append_number(out, value, decimals);
  out += '"';
}

void append_box(std::string& out, const Box& box) {
  append_attribute(out, "HPOS", box.left, 1);
  append_attribute(out, "VPOS", box.top, 1);
  append_attribute(out, "WIDTH", box.width(), 1);
  append_attribute(out, "HEIGHT", box.height(), 1);
}

bool has_words(const Line& line) { return !line.words.empty(); }
bool has_lines(const Paragraph& paragraph) {
  return std::any_of(paragraph.lines.begin(), paragraph.lines.end(), has_words);
}
bool has_paragraphs(const Block& block) {
  return std::any_of(block.paragraphs.begin(), block.paragraphs.end(), has_lines);
}

// From the end of one word to the start of the next, in the direction of reading.
Box space_between(const Word& word, const Word& next) {
  const double left = std::min(word.box.right, next.box.right);
  const double right = std::max(word.box.left, next.box.left);
  return {.left = left, .top = word.box.top, .right = std::max(left, right), .bottom = word.box.bottom};
}

class AltoRenderer final : public Renderer {
 public:
  AltoRenderer(std::unique_ptr<Output> output, std::string name) : output_(std::move(output)), name_(std::move(name)) {}

  Status page(const TextPage& page) override {
    DOCMILL_CHECK(write_head());
    xml_.clear();
    page_ = page.number;
    blocks_ = paragraphs_ = lines_ = words_ = 0;
    append_page(page);
    return output_->write(xml_);
  }

  Status finish() override {
    DOCMILL_CHECK(write_head());
    DOCMILL_CHECK(output_->write(" </Layout>\n</alto>\n"));
    return output_->flush();
  }

 private:
  Status write_head() {
    if (has_head_) return {};
    has_head_ = true;
    std::string head(before_name);
    append_xml(head, name_);
    head += after_name;
    return output_->write(head);
  }

  // `<TAG ID="PREFIX_PAGE_COUNT"`
  void open(std::string_view tag, std::string_view prefix, int count) {
    xml_.append("<").append(tag).append(" ID=\"").append(prefix);
    xml_ += '_' + std::to_string(page_) + '_' + std::to_string(count) + '"';
  }

  void append_page(const TextPage& page) {
    const auto number = std::to_string(page_);
    xml_ += "  <Page ID=\"page_" + number + "\" PHYSICAL_IMG_NR=\"" + number + '"';
    append_attribute(xml_, "WIDTH", page.width, 2);
    append_attribute(xml_, "HEIGHT", page.height, 2);
    append_attribute(xml_, "PC", std::clamp(page.confidence, 0.0, 1.0), 3);
    if (const auto language = language_tag(page.language); !language.empty()) {
      xml_ += " LANG=\"";
      append_xml(xml_, language);
      xml_ += '"';
    }
    xml_ += " PROCESSINGREFS=\"processing_1\">\n   <PrintSpace";
    append_box(xml_, {.left = 0, .top = 0, .right = page.width, .bottom = page.height});
    xml_ += ">\n";
    for (const auto& block : page.blocks) {
      if (has_paragraphs(block)) append_block(block);
    }
    xml_ += "   </PrintSpace>\n  </Page>\n";
  }

  void append_block(const Block& block) {
    xml_ += "    ";
    open("ComposedBlock", "block", ++blocks_);
    append_box(xml_, block.box);
    xml_ += ">\n";
    for (const auto& paragraph : block.paragraphs) {
      if (has_lines(paragraph)) append_paragraph(paragraph);
    }
    xml_ += "    </ComposedBlock>\n";
  }

  void append_paragraph(const Paragraph& paragraph) {
    xml_ += "     ";
    open("TextBlock", "par", ++paragraphs_);
    append_box(xml_, paragraph.box);
    xml_ += ">\n";
    for (const auto& line : paragraph.lines) {
      if (has_words(line)) append_line(line);
    }
    xml_ += "     </TextBlock>\n";
  }

  void append_line(const Line& line) {
    const double left = line.box.bottom + line.baseline_offset;
    const double right = left + line.baseline_slope * line.box.width();
    xml_ += "      ";
    open("TextLine", "line", ++lines_);
    append_box(xml_, line.box);
    xml_ += " BASELINE=\"";
    for (const double coordinate : {line.box.left, left, line.box.right, right}) {
      if (xml_.back() != '"') xml_ += ' ';
      append_number(xml_, coordinate, 1);
    }
    xml_ += line.right_to_left ? "\" BASEDIRECTION=\"rtl\">\n" : "\">\n";
    for (std::size_t i = 0; i < line.words.size(); ++i) {
      append_word(line.words[i]);
      if (i + 1 < line.words.size()) append_space(space_between(line.words[i], line.words[i + 1]));
    }
    xml_ += "      </TextLine>\n";
  }

  void append_space(const Box& box) {
    xml_ += "       <SP";
    append_attribute(xml_, "WIDTH", box.width(), 1);
    append_attribute(xml_, "HPOS", box.left, 1);
    append_attribute(xml_, "VPOS", box.top, 1);
    xml_ += "/>\n";
  }

  void append_word(const Word& word) {
    xml_ += "       ";
    open("String", "word", ++words_);
    append_box(xml_, word.box);
    append_attribute(xml_, "WC", std::clamp(word.confidence, 0.0, 1.0), 3);
    xml_ += " CONTENT=\"";
    append_xml(xml_, word.text);
    xml_ += "\"/>\n";
  }

  const std::unique_ptr<Output> output_;
  const std::string name_;
  bool has_head_ = false;
  // Of the page that is being written.
  std::string xml_;
  int page_ = 0;
  int blocks_ = 0;
  int paragraphs_ = 0;
  int lines_ = 0;
  int words_ = 0;
};

}  // namespace

Result<std::unique_ptr<Renderer>> make_alto_renderer(std::unique_ptr<Output> output, const RenderSource& source) {
  return std::make_unique<AltoRenderer>(std::move(output), source.name);
}

}  // namespace docmill::ocr
