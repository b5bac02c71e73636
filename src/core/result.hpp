// Result<T>: a value, or the Error of one document, job or request.
#pragma once

#include <tl/expected.hpp>
#include <utility>

#include "core/error.hpp"

namespace docmill {

// tl::expected is not [[nodiscard]]; this is. Moves to std::expected once every compiler that we support has it.
template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
  Result(Error error) : tl::expected<T, Error>(tl::unexpect, std::move(error)) {}
};

using Status = Result<void>;

// A failed Result of any type, written at the place of failure.
inline Error fail(ErrorCode code, std::string message, int page = 0) {
  Error error;
  error.code = code;
  error.message = std::move(message);
  error.page = page;
  return error;
}

}  // namespace docmill

// Statements, never expressions: `DOCMILL_TRY(page, open_page(3));` returns the error or declares `page`.
#define DOCMILL_CONCAT_(a, b) a##b
#define DOCMILL_CONCAT(a, b) DOCMILL_CONCAT_(a, b)
#define DOCMILL_TRY(name, expression)                                                          \
  auto DOCMILL_CONCAT(name, _result) = (expression);                                           \
  if (!DOCMILL_CONCAT(name, _result)) return std::move(DOCMILL_CONCAT(name, _result)).error(); \
  auto name = std::move(*DOCMILL_CONCAT(name, _result))
#define DOCMILL_CHECK(expression)                                    \
  do {                                                               \
    auto docmill_status_ = (expression);                             \
    if (!docmill_status_) return std::move(docmill_status_).error(); \
  } while (false)
