#include "broker/sqlite/clients.hpp"

#include <utility>

#include "broker/sqlite/packing.hpp"

namespace docmill::sqlite {
namespace {

constexpr Millis client_memory = std::chrono::hours(1);

// Which call an answer belongs to. The numbers are stored.
template <class Answer>
constexpr int kind_of = 0;
template <>
constexpr int kind_of<CreatedJob> = 1;
template <>
constexpr int kind_of<ExchangeAnswer> = 2;
template <>
constexpr int kind_of<std::uint64_t> = 3;

void pack(Packer& out, const CreatedJob& answer) {
  out.bytes(answer.job.value);
  out.number(answer.existed ? 1 : 0);
  out.number(answer.documents);
  out.number(answer.sealed ? 1 : 0);
}

void unpack(Unpacker& in, CreatedJob& answer) {
  answer.job.value = in.bytes();
  answer.existed = in.number() != 0;
  answer.documents = in.number();
  answer.sealed = in.number() != 0;
}

void pack(Packer& out, const ExchangeAnswer& answer) {
  out.number(answer.more ? 1 : 0);
  out.number(answer.stale.size());
  for (const std::size_t position : answer.stale) out.number(position);
  for (const Token token : answer.tokens) out.number(token.value);
}

void unpack(Unpacker& in, ExchangeAnswer& answer) {
  answer.more = in.number() != 0;
  const std::uint64_t stale = in.number();
  for (std::uint64_t i = 0; i < stale; ++i) answer.stale.push_back(in.number());
  while (!in.at_end()) answer.tokens.push_back(Token{in.number()});
}

void pack(Packer& out, std::uint64_t answer) { out.number(answer); }
void unpack(Unpacker& in, std::uint64_t& answer) { answer = in.number(); }

template <class Answer>
Result<Answer> unpack_result(std::string_view data) {
  Unpacker in(data);
  if (in.number() != 0) {
    const std::string_view code = in.bytes();
    return fail(error_code_from_string(code).value_or(ErrorCode::internal), std::string(in.bytes()));
  }
  Answer answer{};
  unpack(in, answer);
  return answer;
}

}  // namespace

template <class Answer>
std::optional<Result<Answer>> ClientTable::replay(const RequestId& id, TimePoint now) {
  if (id.client.empty()) return std::nullopt;
  Query query = database_.query("SELECT sequence, called_at, kind, answer FROM clients WHERE client = ?", id.client);
  if (!query.next()) return std::nullopt;
  std::uint64_t sequence = 0;
  TimePoint called_at{};
  int kind = 0;
  std::string_view answer;
  query.read(sequence, called_at, kind, answer);
  if (now >= called_at + client_memory || id.sequence > sequence) return std::nullopt;
  if (id.sequence < sequence) {
    return Result<Answer>(fail(ErrorCode::conflict, "call " + std::to_string(id.sequence) + " of client " + id.client +
                                                        " comes after its call " + std::to_string(sequence)));
  }
  if (kind != kind_of<Answer>) {
    return Result<Answer>(fail(ErrorCode::conflict, "call " + std::to_string(id.sequence) + " of client " + id.client +
                                                        " was a call of another kind before"));
  }
  return unpack_result<Answer>(answer);
}

template <class Answer>
void ClientTable::remember(const RequestId& id, TimePoint now, const Result<Answer>& answer) {
  if (id.client.empty()) return;
  Packer packed;
  packed.number(answer ? 0 : 1);
  if (answer) {
    pack(packed, *answer);
  } else {
    packed.bytes(to_string(answer.error().code));
    packed.bytes(answer.error().message);
  }
  database_.run("REPLACE INTO clients VALUES (?, ?, ?, ?, ?)", id.client, id.sequence, now, kind_of<Answer>,
                Blob{packed.data()});
  // Each new record takes away two old ones at most, so the table holds the last hour's clients and no more.
  database_.run(
      "DELETE FROM clients WHERE client IN (SELECT client FROM clients WHERE called_at <= ? ORDER BY called_at LIMIT "
      "2)",
      now - client_memory);
}

template std::optional<Result<CreatedJob>> ClientTable::replay(const RequestId&, TimePoint);
template std::optional<Result<ExchangeAnswer>> ClientTable::replay(const RequestId&, TimePoint);
template std::optional<Result<std::uint64_t>> ClientTable::replay(const RequestId&, TimePoint);
template void ClientTable::remember(const RequestId&, TimePoint, const Result<CreatedJob>&);
template void ClientTable::remember(const RequestId&, TimePoint, const Result<ExchangeAnswer>&);
template void ClientTable::remember(const RequestId&, TimePoint, const Result<std::uint64_t>&);

}  // namespace docmill::sqlite
