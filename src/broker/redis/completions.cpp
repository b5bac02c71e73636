#include "broker/redis/completions.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "broker/redis/result_log.hpp"
#include "broker/redis/wire.hpp"
#include "core/needs.hpp"

namespace docmill::redis {
namespace {

constexpr std::uint64_t no_token = 0;  // tokens begin at 1
constexpr std::uint64_t token_end = std::uint64_t{1} << 48U;
constexpr std::uint64_t index_end = std::uint64_t{1} << 32U;
constexpr int part_end = 256;

// One row of `steps`; the functions' STEP.
struct Step {
  Completion::Kind kind{};
  Token token;
  TaskRef ref;
  std::uint64_t count = 1;
  std::size_t bytes = 0;
  std::uint64_t pages = 0;
  std::uint64_t flag = 0;  // done: how many are partial; failed: whether it may be tried again
};

void write(Writer& out, const Step& step) {
  // What no lease can hold is stale, like a token that was never given.
  const bool possible = step.token.value < token_end && step.ref.index + step.count <= index_end &&
                        step.ref.index < index_end && step.ref.part >= 0 && step.ref.part < part_end;
  out.u8(static_cast<std::uint64_t>(step.kind));
  out.u48(possible ? step.token.value : no_token);
  out.u32(step.ref.index);
  out.u32(step.count);
  out.u8(static_cast<std::uint64_t>(step.ref.part));
  out.u32(step.bytes);
  out.u64(step.pages);
  out.u32(step.flag);
}

bool continues(const Step& step, const Completion& next) {
  const bool whole_documents = step.ref.part == 0 && next.ref.part == 0;
  const bool mergeable = step.kind == Completion::Kind::done || step.kind == Completion::Kind::released;
  return mergeable && whole_documents && next.kind == step.kind && next.token == step.token &&
         next.ref.index == step.ref.index + step.count &&
         (step.kind == Completion::Kind::released || next.pages == step.pages);
}

bool is_logged(const Completion& completion) {
  return completion.kind == Completion::Kind::done && completion.ref.part == 0;
}

void append_data(Writer& data, const Completion& completion) {
  switch (completion.kind) {
    case Completion::Kind::done:
      data.raw(completion.result);
      break;
    case Completion::Kind::failed:
      data.raw(pack_error(completion.error));
      break;
    case Completion::Kind::split:
      for (const PageRange pages : completion.parts) {
        data.u32(static_cast<std::uint64_t>(pages.first));
        data.u32(static_cast<std::uint64_t>(pages.last));
      }
      break;
    case Completion::Kind::released:
      break;
  }
}

std::uint64_t flag_of(const Completion& completion) {
  if (completion.kind == Completion::Kind::done) return completion.outcome == Outcome::partial ? 1 : 0;
  return completion.kind == Completion::Kind::failed && completion.retryable ? 1 : 0;
}

}  // namespace

Steps pack_completions(const std::vector<Completion>& completions) {
  Writer steps;
  Writer data;
  Writer log;
  Step step;
  for (std::size_t i = 0; i < completions.size(); ++i) {
    const Completion& completion = completions[i];
    if (i > 0 && continues(step, completion)) {
      ++step.count;
    } else {
      if (i > 0) write(steps, step);
      step = {.kind = completion.kind, .token = completion.token, .ref = completion.ref};
      step.pages = completion.kind == Completion::Kind::done ? completion.pages : 0;
    }
    const std::size_t before = data.size() + log.size();
    if (is_logged(completion)) {
      append_entry(log, completion.ref.index, completion.outcome, completion.result);
    } else {
      append_data(data, completion);
    }
    step.bytes += data.size() + log.size() - before;
    step.flag += flag_of(completion);
  }
  if (!completions.empty()) write(steps, step);
  return {.steps = steps.take(), .data = data.take(), .log = cut_log(log.data())};
}

std::vector<std::string> pack_exchange(const Exchange& request, const RequestId& id, bool strict_scheduling,
                                       const std::string& known_specs) {
  Steps steps = pack_completions(request.completions);
  const std::string offers = request.offers.empty() ? "" : " " + join_words(request.offers) + " ";
  std::vector<std::string> arguments{id.client,
                                     std::to_string(id.sequence),
                                     request.node.value,
                                     std::to_string(request.want),
                                     std::to_string(request.lease_time.count()),
                                     strict_scheduling ? "1" : "",
                                     offers,
                                     std::to_string(request.hedge_after.count()),
                                     known_specs,
                                     std::move(steps.steps),
                                     std::move(steps.data)};
  std::ranges::move(steps.log, std::back_inserter(arguments));
  return arguments;
}

std::string pack_error(const Error& error) {
  std::string packed(to_string(error.code));
  packed += '\0';
  packed += std::to_string(error.page);
  packed += '\0';
  packed += error.message;
  return packed;
}

Error unpack_error(std::string_view packed) {
  Error error;
  const std::size_t code_end = packed.find('\0');
  if (code_end == std::string_view::npos) return error;
  const std::size_t page_end = packed.find('\0', code_end + 1);
  if (page_end == std::string_view::npos) return error;
  error.code = error_code_from_string(packed.substr(0, code_end)).value_or(ErrorCode::internal);
  std::from_chars(packed.data() + code_end + 1, packed.data() + page_end, error.page);
  error.message = packed.substr(page_end + 1);
  return error;
}

}  // namespace docmill::redis
