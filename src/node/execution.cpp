#include "node/execution.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

#include "node/sources.hpp"

namespace docmill {

namespace asio = boost::asio;

namespace {

// Each stays open until the task is done, here and in the worker. A PDF may be split into 1,000 pieces.
constexpr std::size_t most_artifacts = 1'024;
constexpr std::size_t most_parts = 240;

// Each costs a worker, and what was done before it in the same task is done again.
constexpr std::size_t most_lost_pages = 32;

std::uint64_t size_of(const Descriptor& file) {
  struct stat status{};
  return ::fstat(file.get(), &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

// With gaps where the user asked for some pages only.
bool are_ascending(const std::vector<PageRange>& ranges) {
  int before = 0;
  for (const auto& range : ranges) {
    if (range.first <= before || range.last < range.first) return false;
    before = range.last;
  }
  return true;
}

}  // namespace

// A full disk is not this document's fault, and every other document will meet it too.
Error Execution::passed_on(Error error) const {
  if (error.code != ErrorCode::output_unavailable) return error;
  const bool outlasted = context_.options.output_pause > Millis(0);
  throw SystemError(outlasted ? SystemError::Kind::unavailable : SystemError::Kind::misconfigured,
                    "outputs cannot be written: " + error.message);
}

// A pipeline that opens no document leaves nothing beside it either.
bool Execution::has_outputs() const { return needs_source(work_.lease->spec->pipeline); }

bool Execution::prepares_at_once(const Work& work) {
  return !needs_source(work.lease->spec->pipeline) ||
         (is_local(work.task().document) && work.task().kind != TaskKind::merge);
}

asio::awaitable<Status> Execution::prepare() {
  if (!has_outputs()) co_return Status();
  if (auto allowed = context_.artifacts.check(work_.owner()); !allowed) co_return passed_on(allowed.error());
  auto source = co_await find_source();
  if (!source) co_return std::move(source).error();
  has_source_ = true;
  source_bytes_ = source->bytes;
  source_modified_ = source->modified;
  descriptors_.push_back(std::move(source->file));
  if (work_.task().kind != TaskKind::merge) co_return Status();
  if (const Error* error = nothing_to_merge()) co_return *error;
  auto opened = co_await open_part_trees();
  if (!opened) co_return std::move(opened).error();
  co_return check_size();
}

asio::awaitable<Result<Source>> Execution::find_source() {
  const auto& document = work_.task().document;
  if (is_local(document) || context_.options.fetcher == nullptr) co_return open_source(document);
  co_return co_await context_.options.fetcher->fetch(document);
}

// The errors of the parts, which workers worded, travel in one message.
Status Execution::check_size() const {
  const std::size_t bytes = protocol::encode(task_message()).size();
  if (bytes <= protocol::max_body) return {};
  return fail(ErrorCode::too_large, "the errors of its parts are " + std::to_string(bytes >> 20U) +
                                        " MiB together: over what a worker can be sent");
}

const Error* Execution::nothing_to_merge() const {
  const auto& task = work_.task();
  if (task.kind != TaskKind::merge || task.part_errors.empty()) return nullptr;
  const bool all_failed = std::all_of(task.part_results.begin(), task.part_results.end(),
                                      [](const std::string& result) { return result.empty(); });
  return all_failed ? &task.part_errors.front() : nullptr;
}

asio::awaitable<Status> Execution::open_part_trees() {
  ArtifactOwner owner = work_.owner();
  const auto& results = work_.task().part_results;
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (results[i].empty()) continue;
    owner.ref.part = static_cast<int>(i) + 1;
    auto tree = co_await context_.artifacts.open(owner, "tree");
    if (!tree) {
      const auto error = passed_on(tree.error());
      co_return fail(ErrorCode::internal, "the pages of part " + std::to_string(owner.ref.part) + " of " +
                                              plain_path(owner.document) + " are gone: " + error.message);
    }
    descriptors_.push_back(std::move(*tree));
    part_trees_.push_back(owner.ref.part);
  }
  co_return Status();
}

protocol::Task Execution::task_message() const {
  const LeasedTask& leased = work_.task();
  const JobSpec& spec = *work_.lease->spec;
  protocol::Task task;
  task.id = id_;
  task.kind = leased.kind;
  task.document = document_as_text(plain_path(leased.document));
  task.pipeline = spec.pipeline;
  task.options = spec.options;
  task.pages = leased.pages;
  task.part_pages = context_.options.part_pages;
  task.part_ranges = leased.part_ranges;
  task.part_errors = leased.part_errors;
  task.part_trees = part_trees_;
  task.lost_pages = work_.lost_pages;
  task.limits.max_pages = context_.options.max_pages;
  task.limits.max_pixels = context_.options.max_pixels;
  task.has_input = has_source_;
  return task;
}

Descriptor Execution::create_artifact(const std::string& name) {
  if (refusal_) return {};
  if (!has_outputs() || !protocol::is_valid_artifact_name(name) || created_.size() >= most_artifacts ||
      created_.contains(name)) {
    refusal_ = fail(ErrorCode::internal,
                    "the worker asked for an output '" + document_as_text(name) + "' that it may not have");
    return {};
  }
  auto file = context_.artifacts.create(work_.owner(), name);
  if (!file) {
    refusal_ = passed_on(file.error());
    return {};
  }
  created_.emplace(name, Descriptor(::fcntl(file->get(), F_DUPFD_CLOEXEC, 0)));
  return std::move(*file);
}

EntryAnswer Execution::find_entry(const protocol::WantEntry& want) {
  draft_.reset();
  PageCache* const cache = context_.options.page_cache;
  if (cache == nullptr || !protocol::is_valid_entry_key(want.key)) return {};
  if (want.damaged) {
    cache->forget(want.key);
  } else if (auto found = cache->find(want.key)) {
    return {true, std::move(found)};
  }
  draft_ = cache->draft(want.key);
  if (!draft_) return {};
  return {false, Descriptor(::fcntl(draft_->file.get(), F_DUPFD_CLOEXEC, 0))};
}

void Execution::keep_entry(const protocol::KeepEntry& keep) {
  if (draft_ && draft_->key == keep.key) context_.options.page_cache->keep(*draft_);
  draft_.reset();
}

asio::awaitable<Completion> Execution::complete(protocol::TaskResult result) {
  std::optional<Error> error = refusal_;
  bool retryable = error && is_retryable(error->code);
  if (!error && result.error) {
    error = passed_on(*result.error);
    retryable = result.retryable;
  }
  if (!error) {
    auto completion = co_await complete_checked(result);
    if (completion) co_return std::move(*completion);
    error = passed_on(completion.error());
    retryable = is_retryable(error->code);
  }
  co_return fail_with(*error, retryable, result.cpu_seconds, result.peak_memory);
}

// A worker may have been taken over by the document that it read: nothing it says is taken on trust.
Status Execution::check_result(const protocol::TaskResult& result) const {
  for (const auto& name : result.artifacts) {
    if (!created_.contains(name)) return fail(ErrorCode::internal, "the worker reports an output that it never had");
  }
  if (result.pages < 0) return fail(ErrorCode::internal, "the worker reports a negative number of pages");
  if (result.split.empty()) return {};
  if (work_.task().kind != TaskKind::document || result.split.size() < 2 || result.split.size() > most_parts ||
      !are_ascending(result.split)) {
    return fail(ErrorCode::internal, "the worker wants to split the document in a way that is not possible");
  }
  return {};
}

asio::awaitable<Result<Completion>> Execution::complete_checked(const protocol::TaskResult& result) {
  if (auto sound = check_result(result); !sound) co_return std::move(sound).error();
  if (!result.split.empty()) co_return split(result);
  RecordFacts known = facts(to_string(result.outcome));
  known.worker_record = result.record;
  known.cpu_seconds = result.cpu_seconds;
  known.peak_memory = result.peak_memory;
  for (const auto& name : result.artifacts) known.artifacts.push_back({name, size_of(created_.at(name))});
  const auto record = make_record(known);
  if (!record) co_return record.error();
  const auto owner = work_.owner();
  if (has_outputs()) {
    const bool full_pages = owner.ref.part == 0 && std::find(result.artifacts.begin(), result.artifacts.end(),
                                                             "json") != result.artifacts.end();
    auto published = co_await context_.artifacts.publish(owner, result.artifacts, record->published(full_pages));
    if (!published) co_return std::move(published).error();
  }
  Completion completion = completion_of(work_, Completion::Kind::done);
  completion.outcome = result.outcome;
  const bool may_be_cut = has_outputs() && context_.options.result_limit > 0;
  completion.result = may_be_cut ? record->committed(context_.options.result_limit) : record->committed();
  completion.pages = work_.task().kind == TaskKind::merge ? 0 : static_cast<std::uint64_t>(result.pages);
  co_return completion;
}

Completion Execution::split(const protocol::TaskResult& result) const {
  Completion completion = completion_of(work_, Completion::Kind::split);
  completion.parts = result.split;
  return completion;
}

Completion Execution::fail_with(Error error, bool retryable, double cpu_seconds, std::uint64_t peak_memory) {
  if (nothing_to_merge() != nullptr) retryable = false;  // its parts have had all their attempts
  Completion completion = completion_of(work_, Completion::Kind::failed);
  completion.error = error;
  completion.error.message = document_as_text(error.message);
  completion.retryable = retryable;
  const auto owner = work_.owner();
  context_.artifacts.discard(owner);
  if (!is_final(retryable) || owner.ref.part > 0 || !has_outputs()) return completion;
  RecordFacts known = facts("failed");
  known.error = error;
  known.cpu_seconds = cpu_seconds;
  known.peak_memory = peak_memory;
  if (const auto record = make_record(known)) failure_record_ = record->published(false);
  return completion;
}

bool Execution::can_go_on_without_page(const Error& error, bool retryable) const {
  const bool costs_workers =
      error.code == ErrorCode::timeout || error.code == ErrorCode::out_of_memory || error.code == ErrorCode::crashed;
  if (!costs_workers || !is_final(retryable) || work_.task().kind == TaskKind::merge) return false;
  const auto& at = clock_.at();
  const bool is_at_page = at.page > 0 && at.finished < at.pages;  // else it opens the document, or writes its end
  const auto& lost = work_.lost_pages;
  const bool is_new =
      std::none_of(lost.begin(), lost.end(), [&](const Error& before) { return before.page == at.page; });
  return is_at_page && at.pages > 1 && is_new && lost.size() < most_lost_pages;
}

bool Execution::is_final(bool retryable) const {
  return !retryable || work_.task().attempt >= work_.lease->spec->retry.max_attempts;
}

RecordFacts Execution::facts(std::string_view outcome) const {
  RecordFacts known(*work_.lease->spec, work_.task(), outcome);
  known.has_source = has_source_;
  known.source_bytes = source_bytes_;
  known.source_modified = source_modified_;
  known.seconds = std::chrono::duration<double>(clock_.spent(context_.clock.monotonic())).count();
  known.finished_at = context_.clock.now();
  return known;
}

}  // namespace docmill
