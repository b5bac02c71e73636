// The steps of a duel: each draws a call from its dice, makes it on both sides and compares the answers.
#include <algorithm>

#include "tests/model/duel.hpp"
#include "tests/model/text.hpp"

namespace docmill::test {
namespace {

constexpr int rarely = 3;  // percent

std::string draw_name(Dice& dice, std::uint64_t number) {
  if (dice.chance(rarely)) return std::string(20'000, 'x') + std::to_string(number);
  if (dice.chance(5)) return "";
  if (dice.chance(10)) return "dir/\xff\xfe\n\"'\\ \xc3\xbc";
  return "scan-" + std::to_string(number) + ".pdf";
}

// Of what the jobs need, some is offered by few nodes and one word by none but those that offer everything.
std::vector<std::string> draw_needs(Dice& dice) {
  if (dice.chance(1)) return {"not", "in order", "at all"};
  return dice.pick<std::vector<std::string>>(
      {{}, {"ocr"}, {"ocr"}, {"ocr"}, {"lang:deu", "ocr"}, {"lang:deu", "lang:eng", "ocr"}, {"nlp"}, {"run:7"}});
}

std::vector<std::string> draw_offers(Dice& dice) {
  if (dice.chance(60)) return {};
  if (dice.chance(1)) return {"ocr", ""};
  return dice.pick<std::vector<std::string>>(
      {{"ocr"}, {"ocr", "nlp", "ocr"}, {"ocr", "lang:deu"}, {"ocr", "lang:eng", "lang:deu"}, {"nlp"}});
}

JobSpec draw_spec(Dice& dice) {
  JobSpec spec;
  spec.name = dice.chance(20) ? "a 'name'\nof two lines" : "";
  spec.pipeline = dice.chance(70) ? "ocr" : "preprocessing,nlp";
  spec.needs = draw_needs(dice);
  if (dice.chance(20)) spec.options = R"({"language":"eng"})";
  spec.priority = dice.pick<Priority>({Priority::low, Priority::normal, Priority::high, Priority::critical});
  spec.retry = {.max_attempts = dice.between(1, 3),
                .max_deliveries = dice.between(1, 3),
                .backoff_base = Millis{dice.chance(20) ? 0 : dice.between(1, 3'000)},
                .backoff_cap = Millis{dice.between(1'000, 20'000)}};
  if (dice.chance(25)) spec.result_ttl = Millis{dice.pick<int>({1, 5'000, 30'000, 3'600'000})};
  if (dice.chance(1)) spec.result_ttl = Millis{-1};
  if (dice.chance(20)) {
    spec.idempotency_key = dice.pick<std::string>({"one", "two", "three"});
    spec.body_digest = dice.pick<std::string>({"digest", "digest", "another"});
  }
  return spec;
}

Error draw_error(Dice& dice) {
  const ErrorCodeInfo& info = error_codes[dice.below(error_codes.size())];
  return fail(info.code, dice.chance(50) ? "page 3 is torn" : "\xff\n", dice.between(0, 4));
}

}  // namespace

JobId Duel::draw_job(Dice& dice) {
  if (jobs_.empty() || dice.chance(rarely)) return JobId{"nosuchjob0000000"};
  const std::size_t recent = dice.chance(70) ? std::min<std::size_t>(jobs_.size(), 3) : jobs_.size();
  return jobs_[jobs_.size() - 1 - dice.below(recent)];
}

RequestId Duel::next_request(Dice& dice) {
  RequestId& last = draw_node(dice).last;
  if (dice.chance(rarely)) return {};
  ++last.sequence;
  return last;
}

// ---- Submission

void Duel::create(Dice& dice) {
  const CreateJob request{.id = next_request(dice), .spec = draw_spec(dice)};
  note("create " + text(request.spec));
  send_over_network(dice, request);
}

void Duel::submit(Dice& dice) {
  const std::size_t before = jobs_.size();
  const CreateJob request{.id = {}, .spec = draw_spec(dice)};
  note("submit " + text(request.spec));
  call(dice, request, true);
  if (jobs_.size() == before) return;
  add(dice, jobs_.back());
  seal(dice, jobs_.back());
}

void Duel::add(Dice& dice, const JobId& job) {
  AddDocuments request{.job = job, .first = 0, .names = {}};
  const Result<TaskPage> page = model_.tasks(job, std::nullopt, ~std::uint64_t{0} / 2, 1);
  if (page) request.first = page->next;
  const int count = dice.chance(1) ? 1'500 : dice.between(0, 12);
  for (int i = 0; i < count; ++i) request.names.push_back(draw_name(dice, ++names_));
  if (dice.chance(rarely)) ++request.first;
  if (dice.chance(rarely)) request.first -= std::min<std::uint64_t>(request.first, 3);
  if (dice.chance(1)) request.names.emplace_back(1, '\0');
  note("add " + std::to_string(request.names.size()) + " documents to " + job.value + " at " +
       std::to_string(request.first));
  for (int times = history_.lossy && dice.chance(20) ? 2 : 1; times > 0; --times) {
    expect_same("add_documents", text(model_.add_documents(request)), text(real(dice).add_documents(request)));
  }
}

void Duel::seal(Dice& dice, const JobId& job) {
  note("seal " + job.value);
  expect_same("seal", text(model_.seal(job)), text(real(dice).seal(job)));
}

// ---- Nodes

Completion Duel::draw_completion(Dice& dice) {
  Completion completion;
  completion.token = Token{~std::uint64_t{0} / 3};
  if (!leases_.empty()) {
    const std::size_t recent = dice.chance(85) ? std::min<std::size_t>(leases_.size(), 6) : leases_.size();
    const Known& known = leases_[leases_.size() - 1 - dice.below(recent)];
    completion.token = known.token;
    completion.ref = dice.pick(known.tasks).ref;
  }
  completion.kind = dice.pick<Completion::Kind>(
      {Completion::Kind::done, Completion::Kind::done, Completion::Kind::failed, Completion::Kind::failed,
       Completion::Kind::released, Completion::Kind::released, Completion::Kind::split});
  completion.outcome = dice.chance(80) ? Outcome::ok : Outcome::partial;
  completion.result = "{\"n\":" + std::to_string(dice.below(1'000)) + "}";
  completion.pages = dice.below(5);
  completion.error = draw_error(dice);
  completion.retryable = dice.chance(65);
  if (completion.kind == Completion::Kind::split && completion.ref.part == 0) {
    const int parts = dice.chance(1) ? 1 : dice.between(2, 4);
    for (int part = 0; part < parts; ++part) completion.parts.push_back({.first = part * 8 + 1, .last = part * 8 + 8});
  } else if (completion.kind == Completion::Kind::split) {
    completion.kind = Completion::Kind::done;
  }
  if (dice.chance(rarely)) completion.ref.part += 1;
  return completion;
}

Exchange Duel::draw_exchange(Dice& dice) {
  Node& node = draw_node(dice);
  Exchange request;
  request.id = next_request(dice);
  request.node = node.id;
  request.want = dice.chance(1) ? 1'001 : dice.between(0, 8);
  request.offers = draw_offers(dice);
  request.lease_time = Millis{dice.pick<int>({1'000, 5'000, 5'000, 30'000})};
  if (dice.chance(50)) request.hedge_after = Millis{dice.pick<int>({1, 500, 2'000})};
  if (dice.chance(1)) request.hedge_after = Millis{-1};
  return request;
}

void Duel::send(Dice& dice, const Exchange& request) {
  std::string line = "exchange " + request.id.client + " " + std::to_string(request.id.sequence) + " of " +
                     request.node.value + " wants " + std::to_string(request.want) + " hedges after " +
                     std::to_string(request.hedge_after.count());
  for (const Completion& one : request.completions) {
    static const std::vector<std::string> kinds{"done", "failed", "split", "released"};
    line += ", " + kinds[static_cast<std::size_t>(one.kind)] + " " + std::to_string(one.token.value) + ":" +
            std::to_string(one.ref.index) + "." + std::to_string(one.ref.part);
  }
  note(line);
  sent_.push_back(request);
  send_over_network(dice, request);
}

void Duel::exchange(Dice& dice) {
  Exchange request = draw_exchange(dice);
  for (int count = dice.between(0, 5); count > 0; --count) request.completions.push_back(draw_completion(dice));
  send(dice, request);
}

void Duel::commit(Dice& dice) {
  if (leases_.empty()) return;
  const std::size_t recent = std::min<std::size_t>(leases_.size(), 5);
  const Known known = leases_[leases_.size() - 1 - dice.below(recent)];
  const bool give_back = dice.chance(25);
  Exchange request = draw_exchange(dice);
  for (const LeasedTask& task : known.tasks) {
    Completion completion = draw_completion(dice);
    completion.token = known.token;
    completion.ref = task.ref;
    completion.kind = give_back ? Completion::Kind::released : Completion::Kind::done;
    request.completions.push_back(completion);
  }
  send(dice, request);
}

void Duel::renew(Dice& dice) {
  Renew request{.node = draw_node(dice).id, .tokens = {}, .lease_time = Millis{dice.between(1'000, 30'000)}};
  Renew real_request = request;
  for (const Known& known : leases_) {
    if (!dice.chance(40)) continue;
    request.tokens.push_back(known.token);
    real_request.tokens.push_back(for_real(known.token));
  }
  note("renew " + std::to_string(request.tokens.size()) + " leases");
  const RenewReply expected = model_.renew(request);
  const RenewReply actual = real(dice).renew(real_request);
  const auto tokens = [](const std::vector<Token>& list) {
    std::string all;
    for (const Token token : list) all += " " + std::to_string(token.value);
    return all;
  };
  const auto translated = [&](std::vector<Token> list) {
    for (Token& token : list) token = for_real(token);
    return tokens(list);
  };
  expect_same("renew: lost", translated(expected.lost), tokens(actual.lost));
  expect_same("renew: paused", translated(expected.paused), tokens(actual.paused));
}

void Duel::node_dies(Dice& dice) {
  Node& node = draw_node(dice);
  note("node " + node.id.value + " dies");
  node.id.value += "'";
  node.last = {.client = node.id.value};
}

void Duel::register_node(Dice& dice) {
  NodeInfo node;
  node.id = draw_node(dice).id;
  node.host = "host";
  node.pid = dice.between(1, 9);
  node.version = "1";
  node.started_at = clock_.now();
  node.workers = dice.between(0, 4);
  node.busy = dice.between(0, 4);
  node.tasks_done = dice.below(100);
  node.offers = draw_offers(dice);
  if (dice.chance(75)) {
    note("register node " + node.id.value);
    model_.register_node(node);
    real(dice).register_node(node);
  } else {
    note("unregister node " + node.id.value);
    model_.unregister_node(node.id);
    real(dice).unregister_node(node.id);
  }
  expect_same("nodes", text(model_.nodes()), text(real(dice).nodes()));
}

// ---- Users

void Duel::on_job(Dice& dice, Action action, const JobId& job) {
  SyncBroker& broker = real(dice);
  for (int times = history_.lossy && dice.chance(20) ? 2 : 1; times > 0; --times) {
    if (action == Action::cancel) {
      note("cancel " + job.value);
      expect_same("cancel", text(model_.cancel(job)), text(broker.cancel(job)));
    } else if (action == Action::pause) {
      note("pause " + job.value);
      expect_same("pause", text(model_.pause(job)), text(broker.pause(job)));
    } else if (action == Action::resume) {
      note("resume " + job.value);
      expect_same("resume", text(model_.resume(job)), text(broker.resume(job)));
    } else {
      note("status " + job.value);
      expect_same("status", text(model_.status(job)), text(broker.status(job)));
    }
  }
}

void Duel::retry_failed(Dice& dice, const JobId& job) {
  const Retry request{.id = next_request(dice), .job = job, .limit = dice.between(1, 5)};
  note("retry up to " + std::to_string(request.limit) + " of " + job.value);
  send_over_network(dice, request);
}

void Duel::remove(Dice& dice, const JobId& job) {
  note("remove " + job.value);
  const Result<bool> expected = model_.remove(job);
  Result<bool> actual = real(dice).remove(job);
  // Of one that is gone already there may be remains, until somebody has cleared them away.
  const bool gone = !expected && expected.error().code == ErrorCode::not_found && std::ranges::count(jobs_, job) > 0;
  if (!gone || !actual) expect_same("remove", expected ? "ok" : text(expected), actual ? "ok" : text(actual));
  if (expected) removed_.insert(job);
  // The real broker may need several calls; other calls in between may do the rest.
  for (int calls = 0; actual && !*actual; ++calls) {
    if (calls == 1'000) expect_same("remove", "comes to an end", "does not");
    actual = real(dice).remove(job);
  }
}

void Duel::advance(Dice& dice) {
  Millis by{dice.between(0, 500)};
  if (dice.chance(60)) by = Millis{dice.between(500, 6'000)};
  if (dice.chance(20)) by = Millis{30'000};
  if (dice.chance(2)) by = std::chrono::hours(1);
  if (dice.chance(1)) by = std::chrono::hours(24);
  note("the clock goes on by " + std::to_string(by.count()) + " ms");
  clock_.advance(by);
}

}  // namespace docmill::test
