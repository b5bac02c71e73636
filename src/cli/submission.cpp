#include "cli/submission.hpp"

#include <algorithm>

#include "cli/console.hpp"
#include "cli/session.hpp"
#include "node/sources.hpp"

namespace docmill::cli {
namespace {

constexpr std::size_t names_a_call = 10'000;  // as many as a broker takes

}  // namespace

awaitable<CreatedJob> submit_job(Broker& broker, CreateJob create, std::vector<std::string_view> names) {
  auto created_answer = co_await broker.create(std::move(create));
  auto created = or_stop(std::move(created_answer));
  if (created.sealed) co_return created;
  for (std::size_t first = created.documents; first < names.size(); first += names_a_call) {
    const auto end = std::min(names.size(), first + names_a_call);
    AddDocuments chunk;
    chunk.job = created.job;
    chunk.first = first;
    for (std::size_t i = first; i < end; ++i) chunk.names.emplace_back(names[i]);
    auto added = co_await broker.add_documents(std::move(chunk));
    or_stop(std::move(added));
  }
  auto seal_answer = co_await broker.seal(created.job);
  or_stop(std::move(seal_answer));
  created.documents = names.size();
  co_return created;
}

std::string job_name(std::string_view first_document, std::size_t documents) {
  auto name = printable(plain_path(first_document));
  if (documents > 1) name += " and " + std::to_string(documents - 1) + " more";
  return name;
}

}  // namespace docmill::cli
