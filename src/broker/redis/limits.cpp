#include "broker/redis/limits.hpp"

#include "broker/redis/wire.hpp"
#include "core/needs.hpp"

namespace docmill::redis {
namespace {

constexpr std::size_t most_names = 10'000;
constexpr std::size_t most_name_bytes = std::size_t{64} * 1024;
constexpr int most_wanted = 1'000;
constexpr std::size_t most_parts = 240;

Error malformed(const std::string& why) { return fail(ErrorCode::invalid_option, why); }

}  // namespace

Status check(const AddDocuments& request) {
  if (request.names.size() > most_names) {
    return malformed("at most " + std::to_string(most_names) + " documents can be added at once, not " +
                     std::to_string(request.names.size()));
  }
  for (std::size_t i = 0; i < request.names.size(); ++i) {
    const std::string& name = request.names[i];
    const std::string which = "the name of document " + std::to_string(request.first + i);
    if (name.size() > most_name_bytes) return malformed(which + " is longer than 64 KiB");
    if (name.find('\0') != std::string::npos) return malformed(which + " has a NUL byte in it");
  }
  if (request.first >= most_documents || request.first + request.names.size() > most_documents) {
    return malformed("a job has at most " + std::to_string(most_documents) + " documents");
  }
  return {};
}

Status check(const Exchange& request) {
  DOCMILL_CHECK(check_offers(request.offers));
  if (request.want < 0 || request.want > most_wanted) {
    return malformed("an exchange takes from 0 to " + std::to_string(most_wanted) + " tasks, not " +
                     std::to_string(request.want));
  }
  if (request.lease_time <= Millis{0}) return malformed("a lease must last for longer than nothing");
  if (request.hedge_after < Millis{0}) return malformed("a task cannot be given a second time before the first");
  for (const Completion& completion : request.completions) {
    if (completion.kind != Completion::Kind::split) continue;
    if (completion.ref.part != 0) return malformed("a part cannot be split again");
    if (completion.parts.size() < 2 || completion.parts.size() > most_parts) {
      return malformed("a document is split into 2 to " + std::to_string(most_parts) + " parts, not " +
                       std::to_string(completion.parts.size()));
    }
  }
  return {};
}

std::string pack_tokens(const std::vector<Token>& tokens) {
  Writer out;
  for (const Token token : tokens) out.u48(token.value < (std::uint64_t{1} << 48U) ? token.value : 0);
  return out.take();
}

}  // namespace docmill::redis
