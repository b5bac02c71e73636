#include "processors/pipeline.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cerrno>
#include <chrono>
#include <utility>

#include "core/options.hpp"
#include "documents/passwords.hpp"
#include "documents/text/text_document.hpp"
#include "processors/page_selection.hpp"
#include "processors/part_file.hpp"
#include "processors/tally.hpp"

namespace docmill {
namespace {

namespace json = boost::json;

// Parts are small, so that all workers end with the last of them at about the same time, and that little is lost with
// one; a part costs some milliseconds, a page to recognise some hundred. Pages that are only read cost less than a
// part: of those it has as many as the user allows.
constexpr int most_drawn_pages_of_a_part = 4;

// What a pipeline is made of, before there is a document.
struct Plan {
  std::vector<std::string> names;
  std::vector<const Stage*> stages;
  json::object options;
};

Result<json::object> parse_object(std::string_view text) {
  boost::system::error_code error;
  auto value = json::parse(json::string_view(text.data(), text.size()), error);
  if (error || !value.is_object()) {
    return fail(ErrorCode::invalid_option, "the options of a job must be a JSON object");
  }
  return std::move(value.get_object());
}

Result<Plan> make_plan(std::span<const Stage* const> known, std::string_view pipeline, std::string_view options) {
  Plan plan;
  DOCMILL_TRY(names, parse_pipeline(pipeline));
  plan.names = std::move(names);
  DOCMILL_TRY(given, parse_object(options));
  DOCMILL_TRY(resolved, resolve_options(pipeline, given));
  plan.options = std::move(resolved);
  for (const auto& name : plan.names) {
    const auto stage =
        std::find_if(known.begin(), known.end(), [&](const Stage* candidate) { return candidate->name == name; });
    if (stage == known.end()) {
      return fail(ErrorCode::invalid_option, "this docmill-worker has no stage '" + name + "'");
    }
    plan.stages.push_back(*stage);
  }
  for (const auto* stage : known) {
    const bool is_named = std::find(plan.names.begin(), plan.names.end(), stage->name) != plan.names.end();
    if (is_named || stage->is_asked_for == nullptr || !stage->is_asked_for(plan.options)) continue;
    plan.stages.insert(plan.stages.begin(), stage);
    plan.names.emplace(plan.names.begin(), stage->name);
  }
  return plan;
}

std::string text_option(const json::object& options, std::string_view name) {
  return std::string(options.at(name).as_string());
}

// Stands in for a stage that makes text.
class TextLayerReader final : public PageWorker {
 public:
  Status work(PageWork& page) override {
    DOCMILL_TRY(text, page.page().text_layer());
    page.result.text = std::move(text);
    return {};
  }
};

// One task, its document open.
class Run {
 public:
  Run(const TaskInput& input, TaskContext& context, Plan plan)
      : input_(input), context_(context), plan_(std::move(plan)) {}

  Result<TaskOutput> operator()() {
    if (auto opened = open_document(); !opened) return judge_unopened(std::move(opened).error());
    if (input_.kind != TaskKind::merge) DOCMILL_CHECK(open_workers());
    if (is_to_be_split()) {
      TaskOutput output;
      const int most = most_drawn_pages_of_a_part;
      output.split = split_pages(pages_, draws_pages() ? std::min(input_.part_pages, most) : input_.part_pages);
      return output;
    }
    if (input_.kind == TaskKind::part) {
      DOCMILL_TRY(file, context_.artifact("tree"));
      part_file_ = std::make_unique<PartWriter>(file, "pages of a part of '" + input_.name + "'");
    } else {
      DOCMILL_CHECK(open_writers());
    }
    DOCMILL_CHECK(input_.kind == TaskKind::merge ? merge() : work());
    return finish();
  }

 private:
  Status open_document() {
    OpenOptions open;
    open.name = input_.name;
    open.password = text_option(plan_.options, "password");
    open.max_pages = input_.max_pages;
    open.max_pixels = input_.max_pixels;
    open.image_dpi = plan_.options.at("image_dpi").to_number<int>();
    auto document = open_with_password(open);
    const bool may_be_text =
        !document && document.error().code == ErrorCode::unsupported_type && reads_texts(plan_.names);
    if (may_be_text) document = open_text_document(input_.descriptor, open);
    if (!document) return std::move(document).error();
    document_ = std::move(*document);
    if (document_->text() != nullptr) leave_out_stages_for_pixels();
    DOCMILL_TRY(selected, select_pages(text_option(plan_.options, "pages"), document_->page_count()));
    pages_ = input_.kind == TaskKind::part ? pages_within(selected, input_.pages) : std::move(selected);
    return {};
  }

  // The password that opens the document becomes that of all stages.
  Result<std::unique_ptr<Document>> open_with_password(OpenOptions open) {
    auto document = Document::open(input_.descriptor, open);
    if (document || document.error().code != ErrorCode::encrypted) return document;
    for (const auto& password : other_passwords(open.password)) {
      open.password = password;
      auto opened = Document::open(input_.descriptor, open);
      if (!opened) continue;
      plan_.options["password"] = password;
      return opened;
    }
    return document;
  }

  // They have nothing to do with a text.
  void leave_out_stages_for_pixels() {
    std::erase_if(plan_.names, [](std::string_view name) { return !reads_texts(name); });
    std::erase_if(plan_.stages, [](const Stage* stage) { return !reads_texts(stage->name); });
  }

  bool judges_failures() const {
    return std::all_of(plan_.stages.begin(), plan_.stages.end(),
                       [](const Stage* stage) { return stage->judge_unopened != nullptr; });
  }

  // Only what is the document's own fault is judged. Libraries call a document damaged when memory is short: errno
  // tells.
  Result<TaskOutput> judge_unopened(Error error) {
    const bool is_fault = error.code == ErrorCode::unreadable || error.code == ErrorCode::encrypted ||
                          error.code == ErrorCode::unsupported_type;
    if (!is_fault || errno == ENOMEM || input_.kind != TaskKind::document || !judges_failures()) return error;
    const UnopenedSetup setup{input_, plan_.options, context_};
    for (const auto* stage : plan_.stages) DOCMILL_CHECK(stage->judge_unopened(setup, error, tally_));
    return tally_.output();
  }

  bool is_to_be_split() const {
    const auto works_on_pages = [&](const Stage* stage) {
      return stage->works_on_pages == nullptr || stage->works_on_pages(plan_.options);
    };
    return input_.kind == TaskKind::document && input_.part_pages > 0 &&
           pages_.size() > static_cast<std::size_t>(input_.part_pages) &&
           std::any_of(plan_.stages.begin(), plan_.stages.end(), works_on_pages);
  }

  // Whether any of some pages, which stand for all, is worked on as pixels. They are not made for that.
  bool draws_pages() {
    constexpr std::size_t looked_at = 5;
    const int count = static_cast<int>(pages_.size());
    bool draws = false;
    for (std::size_t i = 0; i < looked_at && !draws; ++i) {
      const int number = pages_[pages_.size() * (2 * i + 1) / (2 * looked_at)];
      context_.progress(count, 0, number, 0);
      work_on(number, [&](double) -> Status {
        draws = true;
        return fail(ErrorCode::cancelled, "pixels are not made to see whether they are asked for");
      });
    }
    return draws;
  }

  StageSetup setup() const { return {input_, plan_.options, *document_, context_, plan_.names}; }

  Status open_workers() {
    const auto any = [&](bool Stage::* flag) {
      return std::any_of(plan_.stages.begin(), plan_.stages.end(), [&](const Stage* stage) { return stage->*flag; });
    };
    if (any(&Stage::wants_text) && !any(&Stage::makes_text)) workers_.push_back(std::make_unique<TextLayerReader>());
    for (const auto* stage : plan_.stages) {
      if (stage->open_worker == nullptr) continue;
      DOCMILL_TRY(worker, stage->open_worker(setup()));
      workers_.push_back(std::move(worker));
    }
    return {};
  }

  Status open_writers() {
    for (const auto* stage : plan_.stages) {
      if (stage->open_writer == nullptr) continue;
      DOCMILL_TRY(writer, stage->open_writer(setup()));
      writers_.push_back(std::move(writer));
    }
    return {};
  }

  // -- Pages.

  Status work() {
    const int count = static_cast<int>(pages_.size());
    for (int i = 0; i < count; ++i) {
      const int number = pages_[static_cast<std::size_t>(i)];
      context_.progress(count, i, number, 0);
      DOCMILL_CHECK(pass_on(work_on(number, telling_node(count, i, number))));
    }
    if (count > 0) context_.progress(count, count, pages_.back(), 0);
    return {};
  }

  // The node's clocks follow the pixels.
  PageWork::OnImage telling_node(int count, int finished, int number) {
    return [=, this](double megapixels) -> Status {
      context_.progress(count, finished, number, megapixels);
      return {};
    };
  }

  // Never fails as a whole: what befalls the page stands in its status and error.
  PageResult work_on(int number, const PageWork::OnImage& on_image) {
    const auto lost = std::find_if(input_.lost_pages.begin(), input_.lost_pages.end(),
                                   [&](const Error& error) { return error.page == number; });
    if (lost != input_.lost_pages.end()) return lost_page(number, *lost);
    const auto begin = std::chrono::steady_clock::now();
    PageResult result;
    const auto error = try_work_on(number, on_image, result);
    result.text.number = number;
    if (!error) {
      result.text.status = PageStatus::failed;
      result.text.error = error.error();
      result.text.error->page = number;
    }
    result.text.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return result;
  }

  Status try_work_on(int number, const PageWork::OnImage& on_image, PageResult& result) {
    DOCMILL_TRY(page, document_->page(number));
    PageWork work(*page, plan_.options.at("oversample").to_number<double>(), on_image);
    work.result.text.width = page->width_points();
    work.result.text.height = page->height_points();
    Status done;
    for (auto worker = workers_.begin(); done && worker != workers_.end(); ++worker) done = (*worker)->work(work);
    result = std::move(work.result);
    if (const auto damage = page->damage()) tell_damage(*damage, result.text);
    return done;
  }

  // What was seen of the page is kept.
  static void tell_damage(const Error& damage, TextPage& page) {
    if (is_recognised(page.status) || page.status == PageStatus::blank) page.status = PageStatus::degraded;
    page.reason += page.reason.empty() ? "" : "; ";
    page.reason += "it is damaged: what can still be seen of it was taken";
    page.error = damage;
  }

  Status pass_on(const PageResult& page) {
    tally_.count(page.text);
    if (part_file_) return part_file_->page(page);
    for (const auto& writer : writers_) DOCMILL_CHECK(writer->page(page));
    return {};
  }

  // -- Parts.

  Status merge() {
    const int count = static_cast<int>(pages_.size());
    int finished = 0;
    for (const auto& part : input_.parts) {
      const auto wanted = pages_within(pages_, part.pages);
      context_.progress(count, finished, part.pages.first, 0);
      DOCMILL_CHECK(merge_part(part, wanted, finished));
      finished += static_cast<int>(wanted.size());
    }
    return {};
  }

  // Passes on the pages of one part: those in its file, and as failed those of `wanted` that are not. `finished`: pages
  // of the document before them.
  Status merge_part(const TaskInput::Part& part, const std::vector<int>& wanted, int finished) {
    auto next = wanted.begin();
    auto error = part.error.value_or(fail(ErrorCode::internal, "the part of this page left no result"));
    const auto lose_until = [&](int number) -> Status {
      for (; next != wanted.end() && *next < number; ++next) DOCMILL_CHECK(pass_on(lost_page(*next, error)));
      return {};
    };
    if (part.tree >= 0) {
      Status written;
      const auto read = part_reader_.read(part.tree, [&](PageResult page, PartReader::Files files) -> Status {
        written = lose_until(page.text.number);
        if (written && files == PartReader::Files::gone) written = work_again(page, finished);
        if (written) written = pass_on(page);
        if (written && next != wanted.end() && *next == page.text.number) ++next;
        ++finished;
        return written;
      });
      DOCMILL_CHECK(written);
      if (!read) error = read.error();
    }
    return lose_until(wanted.empty() ? 0 : wanted.back() + 1);
  }

  // A page whose files an earlier merge gave back, before it was interrupted.
  Status work_again(PageResult& page, int finished) {
    if (workers_.empty()) DOCMILL_CHECK(open_workers());
    const int count = static_cast<int>(pages_.size());
    const int number = page.text.number;
    context_.progress(count, finished, number, 0);
    page = work_on(number, telling_node(count, finished, number));
    return {};
  }

  // A page that cost its worker, or of a part that failed as a whole.
  static PageResult lost_page(int number, const Error& error) {
    PageResult page;
    page.text.number = number;
    page.text.status = PageStatus::failed;
    page.text.error = error;
    page.text.error->page = number;
    return page;
  }

  // -- The end. If no page could be done, a document or merge fails with the error of the first; a part does not,
  // because its document decides.

  Result<TaskOutput> finish() {
    const bool is_strict = plan_.options.at("strict").as_bool();
    tally_.leave_out(document_->left_out());
    const auto failure = tally_.failure(is_strict ? Tally::Tolerance::none : Tally::Tolerance::some_pages);
    if (input_.kind != TaskKind::part && failure && (is_strict || !judges_failures())) return *failure;
    tally_.add("media_type", json::serialize(json::string_view(media_type(document_->type()))));
    tally_.add("page_count", std::to_string(document_->page_count()));
    if (part_file_) DOCMILL_CHECK(part_file_->finish());
    for (const auto& writer : writers_) DOCMILL_CHECK(writer->finish(tally_));
    return tally_.output();
  }

  const TaskInput& input_;
  TaskContext& context_;
  Plan plan_;
  std::unique_ptr<Document> document_;
  std::vector<int> pages_;  // of the task, ascending
  std::vector<std::unique_ptr<PageWorker>> workers_;
  std::vector<std::unique_ptr<PageWriter>> writers_;
  std::unique_ptr<PartWriter> part_file_;  // of a part
  PartReader part_reader_;                 // of a merge
  Tally tally_;
};

}  // namespace

Result<TaskOutput> run_pipeline(std::span<const Stage* const> known, const TaskInput& input, TaskContext& context) {
  DOCMILL_TRY(plan, make_plan(known, input.pipeline, input.options));
  Run run(input, context, std::move(plan));
  return run();
}

Status warm_up_pipeline(std::span<const Stage* const> known, std::string_view pipeline, std::string_view options) {
  DOCMILL_TRY(plan, make_plan(known, pipeline, options));
  for (const auto* stage : plan.stages) {
    if (stage->warm_up != nullptr) DOCMILL_CHECK(stage->warm_up(plan.options));
  }
  return {};
}

}  // namespace docmill
