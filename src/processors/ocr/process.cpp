// The ocr stage: documents, their parts, and the merge of the parts.
#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "processors/ocr/engine.hpp"
#include "processors/ocr/page_reader.hpp"
#include "processors/ocr/page_selection.hpp"
#include "processors/ocr/report.hpp"
#include "processors/processor.hpp"

namespace docmill {
namespace {

using namespace docmill::ocr;

// What a task works on.
struct Work {
  OcrOptions options;
  std::unique_ptr<Document> document;
  std::vector<int> pages;  // of the task, ascending
};

Result<Work> begin_work(const TaskInput& input) {
  Work work;
  DOCMILL_TRY(options, parse_ocr_options(input.options));
  OpenOptions open;
  open.name = input.name;
  open.password = options.password;
  open.max_pages = input.max_pages;
  open.max_pixels = input.max_pixels;
  open.image_dpi = options.image_dpi;
  DOCMILL_TRY(document, Document::open(input.descriptor, open));
  DOCMILL_TRY(selected, select_pages(options.pages, document->page_count()));
  work.pages = input.kind == TaskKind::part ? pages_within(selected, input.pages) : std::move(selected);
  work.options = std::move(options);
  work.document = std::move(document);
  return work;
}

Result<Report> begin_report(const TaskInput& input, const Work& work, TaskContext& context) {
  RenderSource source;
  source.name = input.name;
  source.password = work.options.password;
  source.languages = work.options.language_names();
  source.type = work.document->type();
  source.page_count = work.document->page_count();
  source.descriptor = input.descriptor;
  const std::vector<std::string> tree{"tree"};
  return Report::begin(input.kind == TaskKind::part ? tree : work.options.formats, source, context);
}

Result<TaskOutput> run_pages(const TaskInput& input, const Work& work, TaskContext& context) {
  DOCMILL_CHECK(shared_engine(work.options.languages));  // a wrong language fails the task before its first page
  DOCMILL_TRY(report, begin_report(input, work, context));
  const int count = static_cast<int>(work.pages.size());
  PageReader reader(*work.document, work.options);
  for (int i = 0; i < count; ++i) {
    const int number = work.pages[static_cast<std::size_t>(i)];
    context.progress(count, i, number, 0);
    const auto page = reader.read(number, [&](double megapixels) { context.progress(count, i, number, megapixels); });
    DOCMILL_CHECK(report.page(page));
  }
  if (count > 0) context.progress(count, count, work.pages.back(), 0);
  return report.finish(input.kind);
}

// A page of a part that failed as a whole.
TextPage lost_page(int number, const Error& error) {
  TextPage page;
  page.number = number;
  page.status = PageStatus::failed;
  page.error = error;
  page.error->page = number;
  return page;
}

// Passes on the pages of one part: those in its tree, and as failed those of `wanted` that are not.
Status merge_part(const TaskInput::Part& part, const std::vector<int>& wanted, Report& report) {
  auto next = wanted.begin();
  auto error = part.error.value_or(fail(ErrorCode::internal, "the part of this page left no result"));
  const auto lose_until = [&](int number) -> Status {
    for (; next != wanted.end() && *next < number; ++next) DOCMILL_CHECK(report.page(lost_page(*next, error)));
    return {};
  };
  if (part.tree >= 0) {
    Status written;
    const auto read = read_tree(part.tree, [&](TextPage page) -> Status {
      written = lose_until(page.number);
      if (written) written = report.page(page);
      if (written && next != wanted.end() && *next == page.number) ++next;
      return written;
    });
    DOCMILL_CHECK(written);
    if (!read) error = read.error();
  }
  return lose_until(wanted.empty() ? 0 : wanted.back() + 1);
}

Result<TaskOutput> run_merge(const TaskInput& input, const Work& work, TaskContext& context) {
  DOCMILL_TRY(report, begin_report(input, work, context));
  const int count = static_cast<int>(work.pages.size());
  int finished = 0;
  for (const auto& part : input.parts) {
    if (part.pages == PageRange{}) continue;  // failed, and its neighbours have all its pages
    const auto wanted = pages_within(work.pages, part.pages);
    context.progress(count, finished, part.pages.first, 0);
    DOCMILL_CHECK(merge_part(part, wanted, report));
    finished += static_cast<int>(wanted.size());
  }
  return report.finish(input.kind);
}

// Parts are small, so that all workers end with the last of them at about the same time, and that little is lost with
// one; a part costs some milliseconds, a page to recognise some hundred.
constexpr int most_pages_of_a_part = 4;

}  // namespace

Result<TaskOutput> process_ocr(const TaskInput& input, TaskContext& context) {
  DOCMILL_TRY(work, begin_work(input));
  if (input.kind == TaskKind::merge) return run_merge(input, work, context);
  if (input.kind == TaskKind::document && input.part_pages > 0 &&
      work.pages.size() > static_cast<std::size_t>(input.part_pages)) {
    TaskOutput output;
    output.split = split_pages(work.pages, std::min(input.part_pages, most_pages_of_a_part));
    return output;
  }
  return run_pages(input, work, context);
}

Status warm_up_ocr(std::string_view options) {
  DOCMILL_TRY(parsed, parse_ocr_options(options));
  DOCMILL_CHECK(shared_engine(parsed.languages));
  return {};
}

}  // namespace docmill
