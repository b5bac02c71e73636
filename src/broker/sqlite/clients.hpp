// What each client called last and was answered, so that a repeated call gives the first answer again (promise 9).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/broker.hpp"
#include "broker/sqlite/database.hpp"

namespace docmill::sqlite {

// The answer to an exchange, small: the leases are told again from their own rows.
struct ExchangeAnswer {
  std::vector<std::size_t> stale;
  std::vector<Token> tokens;
  bool more = false;
};

class ClientTable {
 public:
  explicit ClientTable(Database& database) : database_(database) {}

  // The answer to be given again, or the conflict; nothing: the call is new.
  // Answer is CreatedJob, ExchangeAnswer or std::uint64_t (of retry_failed).
  template <class Answer>
  std::optional<Result<Answer>> replay(const RequestId& id, TimePoint now);
  template <class Answer>
  void remember(const RequestId& id, TimePoint now, const Result<Answer>& answer);

 private:
  Database& database_;
};

}  // namespace docmill::sqlite
