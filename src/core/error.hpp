// The errors of docmill: what went wrong with one document, job or request, as data.
//
// An Error crosses processes as JSON and is shown to users, so its code is stable: a code is never renamed or
// reused. A code exists only where some code reacts to it. What the world does to a whole process (a server
// gone, a disk full, a file from the future) is a SystemError, thrown.
#pragma once

#include <array>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace docmill {

enum class ErrorCode {
  not_found,           // no such file, job or document
  access_denied,       // the operating system or a policy forbids it
  source_unavailable,  // the source cannot be reached at present
  unsupported_type,    // the content is of no type that the stage reads
  unreadable,          // the content is damaged or lies about itself
  encrypted,           // a password is needed
  too_large,           // over a limit on pages, pixels or bytes
  timeout,             // over the time allowed, or no progress
  out_of_memory,       // over the memory allowed
  crashed,             // the worker process died on it
  output_exists,       // an output is already there and is not ours to replace
  output_unavailable,  // the place for outputs cannot be written: full, read-only, gone
  invalid_option,      // an option or argument that cannot be served
  conflict,            // the request contradicts an earlier one or the present state
  cancelled,           // the user's own will
  internal,            // a bug in docmill
};

// One row per code: its spelling on the wire and whether a further attempt can make sense.
struct ErrorCodeInfo {
  ErrorCode code;
  std::string_view name;
  bool retryable;
};

inline constexpr std::array error_codes{
    ErrorCodeInfo{ErrorCode::not_found, "not_found", false},
    ErrorCodeInfo{ErrorCode::access_denied, "access_denied", false},
    ErrorCodeInfo{ErrorCode::source_unavailable, "source_unavailable", true},
    ErrorCodeInfo{ErrorCode::unsupported_type, "unsupported_type", false},
    ErrorCodeInfo{ErrorCode::unreadable, "unreadable", false},
    ErrorCodeInfo{ErrorCode::encrypted, "encrypted", false},
    ErrorCodeInfo{ErrorCode::too_large, "too_large", false},
    ErrorCodeInfo{ErrorCode::timeout, "timeout", false},
    ErrorCodeInfo{ErrorCode::out_of_memory, "out_of_memory", false},
    ErrorCodeInfo{ErrorCode::crashed, "crashed", true},
    ErrorCodeInfo{ErrorCode::output_exists, "output_exists", false},
    ErrorCodeInfo{ErrorCode::output_unavailable, "output_unavailable", true},
    ErrorCodeInfo{ErrorCode::invalid_option, "invalid_option", false},
    ErrorCodeInfo{ErrorCode::conflict, "conflict", false},
    ErrorCodeInfo{ErrorCode::cancelled, "cancelled", false},
    ErrorCodeInfo{ErrorCode::internal, "internal", true},
};

std::string_view to_string(ErrorCode code);
std::optional<ErrorCode> error_code_from_string(std::string_view name);
bool is_retryable(ErrorCode code);

// A failure of one document, job or request.
struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;  // a sentence for a person: what, where, what to do
  int page = 0;         // 1-based page at which it happened; 0 where that has no meaning

  bool operator==(const Error&) const = default;
};

// The world failed. The kind says what the catcher should do.
class SystemError : public std::runtime_error {
 public:
  enum class Kind {
    unavailable,    // back off and try again
    overloaded,     // less at a time, later
    misconfigured,  // tell the user and stop: exit status 2
  };
  SystemError(Kind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  Kind kind() const noexcept { return kind_; }

 private:
  Kind kind_;
};

// A broken invariant: logs the place and aborts, also in release. In a worker this costs one fork.
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);

}  // namespace docmill

#define DOCMILL_ASSERT(expression) \
  ((expression) ? static_cast<void>(0) : ::docmill::assertion_failed(#expression, __FILE__, __LINE__))
