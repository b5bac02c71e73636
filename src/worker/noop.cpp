#include "worker/noop.hpp"

#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <chrono>
#include <cstring>
#include <list>
#include <thread>
#include <vector>

#include "core/options.hpp"

namespace docmill {
namespace {

namespace json = boost::json;

[[noreturn]] void hang() {
  while (true) ::pause();
}

// Touches every page, so that it is memory and not just address space. Bounded in case that nobody limits this worker.
Result<TaskOutput> allocate_until_stopped() {
  constexpr std::size_t step = 8U << 20U;
  constexpr std::size_t most = 4ULL << 30U;
  std::list<std::vector<char>> taken;
  for (std::size_t bytes = 0; bytes < most; bytes += step) taken.emplace_back(step, 'x');
  return fail(ErrorCode::internal, "fault 'allocate': took 4 GiB and no limit stopped it");
}

[[noreturn]] void write_garbage(int socket) {
  constexpr std::string_view garbage = "\xFF\xFF\xFF\xFFthis is no frame";
  [[maybe_unused]] const ssize_t sent = ::send(socket, garbage.data(), garbage.size(), MSG_NOSIGNAL);
  hang();
}

}  // namespace

const Result<Noop::Options>& Noop::parse(const std::string& text) {
  if (text == text_) return parsed_;
  text_ = text;
  boost::system::error_code failed;
  const auto value = json::parse(text, failed);
  if (failed || !value.is_object()) {
    parsed_ = fail(ErrorCode::invalid_option, "the options are no JSON object");
    return parsed_;
  }
  auto resolved = resolve_options("noop", value.get_object());
  if (!resolved) {
    parsed_ = resolved.error();
    return parsed_;
  }
  Options options;
  options.sleep_ms = resolved->at("sleep_ms").to_number<long>();
  options.fault = resolved->at("fault").get_string().c_str();
  options.fault_document = resolved->at("fault_document").get_string().c_str();
  parsed_ = std::move(options);
  return parsed_;
}

bool Noop::is_instant(const std::string& document, const std::string& options) {
  const auto& parsed = parse(options);
  if (!parsed) return true;
  return parsed->sleep_ms == 0 && (parsed->fault.empty() || document.find(parsed->fault_document) == std::string::npos);
}

Result<TaskOutput> Noop::run(const std::string& document, const std::string& options, int socket) {
  const auto& parsed = parse(options);
  if (!parsed) return parsed.error();
  if (parsed->sleep_ms > 0) std::this_thread::sleep_for(std::chrono::milliseconds(parsed->sleep_ms));
  if (document.find(parsed->fault_document) == std::string::npos) return TaskOutput{};
  if (parsed->fault == "crash") ::raise(SIGSEGV);
  if (parsed->fault == "hang") hang();
  if (parsed->fault == "exit") ::_exit(0);
  if (parsed->fault == "allocate") return allocate_until_stopped();
  if (parsed->fault == "garbage") write_garbage(socket);
  return TaskOutput{};
}

}  // namespace docmill
