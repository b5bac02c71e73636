// How fast the embedded broker is, calls alone: submission, and exchange at batches of 100 with 100-byte results.
//
//   broker_bench [DIRECTORY] [full|normal] [clients]
//
// The database is made below DIRECTORY (default: where the system keeps temporary files, which may be memory: name a
// real disk for figures that mean something) and removed afterwards. Prints one line of JSON per figure.
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "broker/sqlite/sqlite_broker.hpp"

namespace docmill {
namespace {

using boost::asio::io_context;

constexpr std::uint64_t most_names = 10'000;
constexpr int batch = 100;

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

struct Submitted {
  JobId job;
  std::uint64_t name_bytes = 0;
};

awaitable<void> submit(Broker& broker, std::uint64_t documents, Submitted& submitted) {
  CreateJob create;
  create.spec.pipeline = "ocr";
  auto created = co_await broker.create(std::move(create));
  submitted.job = created.value().job;
  for (std::uint64_t first = 0; first < documents; first += most_names) {
    AddDocuments add;
    add.job = submitted.job;
    add.first = first;
    for (std::uint64_t i = first; i < std::min(documents, first + most_names); ++i) {
      add.names.push_back("/data/scans/" + std::to_string(i / 1000) + "/page-" + std::to_string(i) + ".pdf");
      submitted.name_bytes += add.names.back().size();
    }
    const Status added = co_await broker.add_documents(std::move(add));
    if (!added) throw std::runtime_error(added.error().message);
  }
  const Status sealed = co_await broker.seal(submitted.job);
  if (!sealed) throw std::runtime_error(sealed.error().message);
}

// One node: takes a batch, and commits it with the call that takes the next.
awaitable<void> work_off(Broker& broker, std::string node, std::uint64_t& done) {
  const std::string result(100, 'r');
  std::vector<Completion> completions;
  for (std::uint64_t sequence = 1;; ++sequence) {
    Exchange request;
    request.id = {.client = node, .sequence = sequence};
    request.node = NodeId{node};
    request.completions = std::move(completions);
    request.want = batch;
    auto reply = co_await broker.exchange(std::move(request));
    completions.clear();
    for (const Lease& lease : reply.value().leases) {
      for (const LeasedTask& task : lease.tasks) {
        Completion& completion = completions.emplace_back();
        completion.token = lease.token;
        completion.ref = task.ref;
        completion.result = result;
        completion.pages = 1;
      }
    }
    if (completions.empty()) co_return;
    done += completions.size();
  }
}

void report(const char* what, double value, const char* unit) {
  std::printf("{\"benchmark\": \"%s\", \"value\": %.2f, \"unit\": \"%s\"}\n", what, value, unit);
}

double size_of(const std::string& path) {
  double size = 0;
  for (const char* suffix : {"", "-wal"}) {
    std::error_code missing;
    const auto bytes = std::filesystem::file_size(path + suffix, missing);
    if (!missing) size += static_cast<double>(bytes);
  }
  return size;
}

void run(const SqliteOptions& options, int clients) {
  constexpr std::uint64_t documents = 1'000'000;
  const SystemClock clock;
  Submitted submitted;
  {
    io_context loop(1);
    const auto broker = open_sqlite_broker(loop, clock, options);
    boost::asio::co_spawn(loop, submit(*broker, documents, submitted), rethrow);
    report("submit 1,000,000 documents", seconds_of([&] { loop.run(); }), "s");
  }
  const double overhead = (size_of(options.path) - static_cast<double>(submitted.name_bytes)) / documents;
  report("database beyond the names, waiting", overhead, "bytes/document");

  io_context loop(1);
  const auto broker = open_sqlite_broker(loop, clock, options);
  std::uint64_t done = 0;
  for (int i = 0; i < clients; ++i) {
    boost::asio::co_spawn(loop, work_off(*broker, "node-" + std::to_string(i), done), rethrow);
  }
  const double seconds = seconds_of([&] { loop.run(); });
  report("exchange, batches of 100", static_cast<double>(done) / seconds, "tasks/s");
}

}  // namespace
}  // namespace docmill

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const std::filesystem::path parent =
      arguments.empty() ? std::filesystem::temp_directory_path() : std::filesystem::path(arguments[0]);
  std::string directory = parent / "broker-bench-XXXXXX";
  if (::mkdtemp(directory.data()) == nullptr) {
    std::fprintf(stderr, "cannot make a directory in %s\n", parent.c_str());
    return 2;
  }
  docmill::SqliteOptions options;
  options.path = directory + "/broker.db";
  if (arguments.size() > 1 && arguments[1] == "normal") {
    options.durability = docmill::SqliteOptions::Durability::normal;
  }
  int status = 0;
  try {
    docmill::run(options, arguments.size() > 2 ? std::stoi(arguments[2]) : 1);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    status = 1;
  }
  std::filesystem::remove_all(directory);
  return status;
}
