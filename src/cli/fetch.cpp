#include "cli/fetch.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/this_coro.hpp>
#include <boost/json.hpp>
#include <cerrno>
#include <deque>

#include "cli/console.hpp"
#include "cli/session.hpp"
#include "node/file_io.hpp"
#include "node/output_tree.hpp"
#include "node/record.hpp"
#include "node/sources.hpp"
#include "node/tree_artifact_store.hpp"
#include "runtime/task_group.hpp"

namespace docmill::cli {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr int documents_at_once = 8;
constexpr int rows_a_page = 1'000;
constexpr std::size_t longest_head = 1U << 20U;
constexpr const char* unfinished = ".docmill-part";  // what an interrupted fetch leaves; the next one replaces it

bool is_there(const OutputPath& target) {
  struct stat info{};
  return ::fstatat(target.directory.get(), target.file.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0;
}

// Under a name of its own first: what has the right name is whole.
Status put(const Descriptor& from, const OutputPath& target) {
  const auto name = target.file + unfinished;
  const int directory = target.directory.get();
  const Descriptor to(::openat(directory, name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666));
  if (!to) return output_error("cannot create " + target.shown, errno);
  auto copied = copy_all(from.get(), to.get(), target.shown);
  if (copied && ::renameat(directory, name.c_str(), directory, target.file.c_str()) != 0) {
    copied = output_error("cannot create " + target.shown, errno);
  }
  if (!copied) ::unlinkat(directory, name.c_str(), 0);
  return copied;
}

// The artifacts that a record names, itself included.
std::vector<std::string> artifacts_of(const Descriptor& record) {
  std::vector<std::string> names;
  auto head = read_first_line(record.get(), longest_head);
  head.resize(std::min(head.find('\n'), head.size()));
  if (head.ends_with(',')) head.back() = '}';
  boost::system::error_code error;
  const auto value = json::parse(head, error);
  const auto* const artifacts = !error && value.is_object() ? value.get_object().if_contains("artifacts") : nullptr;
  if (artifacts != nullptr && artifacts->is_array()) {
    for (const auto& artifact : artifacts->get_array()) {
      const auto* const name = artifact.is_object() ? artifact.get_object().if_contains("name") : nullptr;
      if (name != nullptr && name->is_string() && name->get_string() != "json") names.emplace_back(name->get_string());
    }
  }
  return names;
}

class Fetch {
 public:
  Fetch(Broker& broker, JobOutputs& outputs, FetchOrder order)
      : broker_(broker), outputs_(outputs), order_(std::move(order)) {
    std::error_code error;
    fs::create_directories(order_.directory, error);
    if (error) throw Stop(wrong_usage, "cannot make the directory " + order_.directory + ": " + error.message());
    tree_.emplace(order_.directory);
  }

  awaitable<int> run() {
    const auto loop = co_await boost::asio::this_coro::executor;
    TaskGroup fetchers(loop);
    for (int i = 0; i < documents_at_once; ++i) fetchers.spawn(serve());
    co_await fetchers.join();
    tell();
    co_return problems_ == 0 ? all_done : with_failures;
  }

 private:
  awaitable<void> serve() {
    while (true) {
      while (waiting_.empty() && !listed_) co_await list_more();
      if (waiting_.empty()) co_return;
      const auto task = std::move(waiting_.front());
      waiting_.pop_front();
      co_await fetch_document(task);
    }
  }

  // Several may ask at the same time: the page of the first one counts.
  awaitable<void> list_more() {
    const auto from = next_;
    auto answer = co_await broker_.tasks(order_.job, std::nullopt, from, rows_a_page);
    auto page = or_stop(std::move(answer));
    if (from != next_ || listed_) co_return;
    for (auto& task : page.tasks) {
      if (task.state == TaskState::done || task.state == TaskState::failed) waiting_.push_back(std::move(task));
    }
    listed_ = page.next <= next_;
    next_ = page.next;
  }

  // The record first: it names the others. It is put in place last.
  awaitable<void> fetch_document(TaskInfo task) {
    ArtifactOwner owner;
    owner.job = order_.job;
    owner.ref.index = task.index;
    owner.document = task.document;
    const auto record = co_await outputs_.open(owner, "json");
    if (!record) {
      // A document that could not even be looked at may have failed without a record.
      if (task.state == TaskState::done || record.error().code != ErrorCode::not_found)
        complain_of(owner, record.error());
      co_return;
    }
    for (const auto& name : artifacts_of(*record)) {
      const auto target = place_of(owner, name);
      if (!target || (is_there(*target) && !order_.overwrite)) {
        note(owner, target);
        continue;
      }
      const auto file = co_await outputs_.open(owner, name);
      count(owner, file ? put(*file, *target) : Status(file.error()));
    }
    const auto target = place_of(owner, "json");
    if (!target || (is_there(*target) && !order_.overwrite)) {
      note(owner, target);
    } else {
      count(owner, put(*record, *target));
    }
    ++documents_;
  }

  Result<OutputPath> place_of(const ArtifactOwner& owner, const std::string& name) const {
    return tree_->locate(artifact_path(output_stem(owner.document), name), OutputTree::Missing::create);
  }

  void note(const ArtifactOwner& owner, const Result<OutputPath>& target) {
    target ? static_cast<void>(++there_already_) : complain_of(owner, target.error());
  }
  void count(const ArtifactOwner& owner, const Status& fetched) {
    fetched ? static_cast<void>(++files_) : complain_of(owner, fetched.error());
  }
  void complain_of(const ArtifactOwner& owner, const Error& error) {
    ++problems_;
    complain(plain_path(owner.document) + ": " + error.message);
  }

  void tell() const {
    if (order_.json) {
      print_line(json::object{{"event", "fetched"},
                              {"job", order_.job.value},
                              {"directory", json_name(order_.directory)},
                              {"documents", documents_},
                              {"files", files_},
                              {"there_already", there_already_},
                              {"problems", problems_}});
      return;
    }
    std::string text = count_text(files_, "file") + " of " + count_text(documents_, "document") + " fetched into " +
                       printable(order_.directory);
    if (there_already_ > 0) text += ", " + number_text(there_already_) + " left as they were";
    print(text + "\n");
  }

  Broker& broker_;
  JobOutputs& outputs_;
  const FetchOrder order_;
  std::optional<OutputTree> tree_;
  std::deque<TaskInfo> waiting_;
  std::uint64_t next_ = 0;
  bool listed_ = false;
  std::uint64_t documents_ = 0;
  std::uint64_t files_ = 0;
  std::uint64_t there_already_ = 0;
  std::uint64_t problems_ = 0;
};

}  // namespace

awaitable<int> fetch(Broker& broker, JobOutputs& outputs, FetchOrder order) {
  Fetch the_fetch(broker, outputs, std::move(order));
  co_return co_await the_fetch.run();
}

}  // namespace docmill::cli
