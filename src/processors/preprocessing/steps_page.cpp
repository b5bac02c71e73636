#include "processors/preprocessing/steps_page.hpp"

#include "processors/html_page.hpp"

namespace docmill::preprocessing {
namespace {

constexpr int shown_width = 700;  // pixels

std::string picture(std::string_view title, const Image& image) {
  const auto shown = html_picture(image, shown_width);
  if (shown.empty()) return {};
  return "<figure><figcaption>" + std::string(title) + ", " + std::to_string(image.width()) + " × " +
         std::to_string(image.height()) + "</figcaption>" + shown + "</figure>";
}

}  // namespace

std::string step_pictures(int page, Step step, const Image& before, const Image& after) {
  return "<section><h2>Page " + std::to_string(page) + ": " + name_of(step) + "</h2>" + picture("before", before) +
         picture("after", after) + "</section>\n";
}

std::string steps_page_begin(std::string_view document) {
  const auto name = html_text(document);
  return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + name +
         "</title><style>body{font-family:sans-serif;margin:2em;background:#eee}section{display:flex;flex-wrap:wrap;"
         "gap:1em}h2{flex:0 0 100%;margin:1em 0 0}figure{margin:0}img{max-width:100%;border:1px solid #999}</style>"
         "</head><body><h1>" +
         name + "</h1>\n";
}

std::string_view steps_page_end() { return "</body></html>\n"; }

}  // namespace docmill::preprocessing
