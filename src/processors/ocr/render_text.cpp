// The formats that are little more than the tree itself: txt and json.
#include <functional>

#include "processors/ocr/render_formats.hpp"

namespace docmill::ocr {
namespace {

// What stands before, between and after the pages, and one page.
struct TextFormat {
  std::string_view before;
  std::string_view between;
  std::string_view after;
  std::function<std::string(const TextPage&)> page;
};

class TextRenderer final : public Renderer {
 public:
  TextRenderer(std::unique_ptr<Output> output, TextFormat format)
      : output_(std::move(output)), format_(std::move(format)) {}

  Status page(const TextPage& page) override {
    DOCMILL_CHECK(output_->write(is_first_ ? format_.before : format_.between));
    is_first_ = false;
    return output_->write(format_.page(page));
  }

  Status finish() override {
    if (is_first_) DOCMILL_CHECK(output_->write(format_.before));
    DOCMILL_CHECK(output_->write(format_.after));
    return output_->flush();
  }

 private:
  const std::unique_ptr<Output> output_;
  const TextFormat format_;
  bool is_first_ = true;
};

}  // namespace

Result<std::unique_ptr<Renderer>> make_txt_renderer(std::unique_ptr<Output> output, const RenderSource& source) {
  TextFormat format{.before = "", .between = "\f", .after = "", .page = [how = source.text](const TextPage& page) {
                      return normalized_text(page, how);
                    }};
  return std::make_unique<TextRenderer>(std::move(output), std::move(format));
}

Result<std::unique_ptr<Renderer>> make_json_renderer(std::unique_ptr<Output> output, const RenderSource&) {
  TextFormat format{.before = "[", .between = ",\n", .after = "]\n", .page = [](const TextPage& page) {
                      return to_json(page, true);
                    }};
  return std::make_unique<TextRenderer>(std::move(output), std::move(format));
}

}  // namespace docmill::ocr
