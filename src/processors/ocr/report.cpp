#include "processors/ocr/report.hpp"

#include <boost/json.hpp>
#include <utility>

#include "documents/text_format.hpp"

namespace docmill::ocr {
namespace {

constexpr int confidence_decimals = 3;

double text_length(const TextPage& page) {
  std::size_t length = 0;
  for (const auto& block : page.blocks) {
    for (const auto& paragraph : block.paragraphs) {
      for (const auto& line : paragraph.lines) {
        for (const auto& word : line.words) length += word.text.size();
      }
    }
  }
  return static_cast<double>(length);
}

}  // namespace

Report::Report(const RenderSource& source)
    : media_type_(media_type(source.type)), languages_(source.languages), page_count_(source.page_count) {}

Result<Report> Report::begin(const std::vector<std::string>& formats, const RenderSource& source,
                             TaskContext& context) {
  Report report(source);
  for (const auto& format : formats) {
    DOCMILL_TRY(output, context.artifact(format));
    DOCMILL_TRY(renderer, open_renderer(format, output, source));
    report.renderers_.push_back(std::move(renderer));
  }
  return report;
}

Status Report::page(const TextPage& page) {
  ++pages_;
  if (page.status == PageStatus::failed) {
    ++failed_;
    if (!first_error_) first_error_ = page.error;
  }
  const double weight = text_length(page);
  confidence_sum_ += page.confidence * weight;
  confidence_weight_ += weight;
  manifest_.append(manifest_.empty() ? "" : ",").append(to_json(page, false));
  for (const auto& renderer : renderers_) DOCMILL_CHECK(renderer->page(page));
  return {};
}

Result<TaskOutput> Report::finish(TaskKind kind) {
  if (pages_ > 0 && failed_ == pages_ && first_error_ && kind != TaskKind::part) return *first_error_;
  for (const auto& renderer : renderers_) DOCMILL_CHECK(renderer->finish());
  TaskOutput output;
  output.outcome = failed_ > 0 ? Outcome::partial : Outcome::ok;
  output.pages = pages_;
  output.record = record();
  return output;
}

std::string Report::record() const {
  std::string text = "{\"media_type\":\"" + media_type_ + "\",\"page_count\":" + std::to_string(page_count_) +
                     ",\"language\":" + boost::json::serialize(boost::json::string_view(languages_)) +
                     ",\"confidence\":";
  append_number(text, confidence_weight_ > 0 ? confidence_sum_ / confidence_weight_ : 0, confidence_decimals);
  return text.append(",\"pages\":[").append(manifest_).append("]}");
}

}  // namespace docmill::ocr
