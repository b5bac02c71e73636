// The JSON of Amazon Textract's DetectDocumentText: a flat list of pages, lines and words, each with its children's
// ids. Geometry is in shares of the page, confidence from 0 to 100, pages are counted from 1.
#include <boost/json.hpp>

#include "documents/text_format.hpp"
#include "processors/ocr/render_formats.hpp"

namespace docmill::ocr {
namespace {

constexpr int share_decimals = 6;
constexpr int confidence_decimals = 3;

class BlocksRenderer final : public Renderer {
 public:
  explicit BlocksRenderer(std::unique_ptr<Output> output) : output_(std::move(output)) {}

  Status page(const TextPage& page) override {
    blocks_ = pages_ == 0 ? "{\"Blocks\":[\n" : ",\n";
    ++pages_;
    append_page(page);
    return output_->write(blocks_);
  }

  Status finish() override {
    if (pages_ == 0) DOCMILL_CHECK(output_->write("{\"Blocks\":["));
    DOCMILL_CHECK(output_->write("],\n\"DetectDocumentTextModelVersion\":\"1.0\",\"DocumentMetadata\":{\"Pages\":" +
                                 std::to_string(pages_) + "}}\n"));
    return output_->flush();
  }

 private:
  void append_page(const TextPage& page) {
    const auto id = std::to_string(page.number);
    std::string lines;
    int count = 0;
    for (const auto& block : page.blocks) {
      for (const auto& paragraph : block.paragraphs) {
        for (const auto& line : paragraph.lines) {
          if (!line.words.empty()) append_line(page, line, id + "." + std::to_string(++count), lines);
        }
      }
    }
    const Box whole{.left = 0, .top = 0, .right = page.width, .bottom = page.height};
    blocks_ += begin("PAGE", id, page) + geometry(whole, page) + children(id, count) + "}" + lines;
  }

  static void append_line(const TextPage& page, const Line& line, const std::string& id, std::string& out) {
    std::string text;
    std::string words;
    double confidence = 0;
    int count = 0;
    for (const auto& word : line.words) {
      text.append(text.empty() ? "" : " ").append(word.text);
      confidence += word.confidence / static_cast<double>(line.words.size());
      words += ",\n" + begin("WORD", id + "." + std::to_string(++count), page) + content(word.text, word.confidence) +
               ",\"TextType\":\"PRINTED\"" + geometry(word.box, page) + "}";
    }
    out += ",\n" + begin("LINE", id, page) + content(text, confidence) + geometry(line.box, page) +
           children(id, count) + "}" + words;
  }

  static std::string begin(std::string_view type, const std::string& id, const TextPage& page) {
    return "{\"BlockType\":\"" + std::string(type) + "\",\"Id\":\"" + id + "\",\"Page\":" + std::to_string(page.number);
  }

  static std::string content(const std::string& text, double confidence) {
    std::string json = ",\"Confidence\":";
    append_number(json, confidence * 100, confidence_decimals);
    return json + ",\"Text\":" + boost::json::serialize(boost::json::string_view(valid_utf8(text)));
  }

  static std::string geometry(const Box& box, const TextPage& page) {
    const double width = page.width > 0 ? page.width : 1;
    const double height = page.height > 0 ? page.height : 1;
    const auto member = [](std::string_view name, double share) {
      std::string json = "\"" + std::string(name) + "\":";
      append_number(json, share, share_decimals);
      return json;
    };
    const auto corner = [&](double x, double y) {
      return "{" + member("X", x / width) + "," + member("Y", y / height) + "}";
    };
    return ",\"Geometry\":{\"BoundingBox\":{" + member("Width", box.width() / width) + "," +
           member("Height", box.height() / height) + "," + member("Left", box.left / width) + "," +
           member("Top", box.top / height) + "},\"Polygon\":[" + corner(box.left, box.top) + "," +
           corner(box.right, box.top) + "," + corner(box.right, box.bottom) + "," + corner(box.left, box.bottom) + "]}";
  }

  static std::string children(const std::string& id, int count) {
    if (count == 0) return {};
    std::string ids;
    for (int i = 1; i <= count; ++i) ids += (i > 1 ? ",\"" : "\"") + id + "." + std::to_string(i) + "\"";
    return ",\"Relationships\":[{\"Type\":\"CHILD\",\"Ids\":[" + ids + "]}]";
  }

  const std::unique_ptr<Output> output_;
  int pages_ = 0;
  std::string blocks_;  // of the page that is being written
};

}  // namespace

Result<std::unique_ptr<Renderer>> make_blocks_renderer(std::unique_ptr<Output> output, const RenderSource&) {
  return std::make_unique<BlocksRenderer>(std::move(output));
}

}  // namespace docmill::ocr
