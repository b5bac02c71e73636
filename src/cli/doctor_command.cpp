// docmill doctor: is everything in place, and what to do where it is not.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cstdio>
#include <memory>
#include <vector>

#include "cli/audit.hpp"
#include "cli/client_id.hpp"
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/host_facts.hpp"
#include "cli/queue.hpp"
#include "cli/session.hpp"
#include "core/model_file.hpp"
#include "core/options.hpp"
#include "core/program.hpp"
#include "node/record.hpp"
#include "system/outputs.hpp"
#include "system/parts.hpp"
#include "system/redis_facts.hpp"

namespace docmill::cli {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

enum class Level { ok, information, problem };

struct Finding {
  Level level;
  std::string subject;
  std::string text;
};
using Findings = std::vector<Finding>;

bool every_key(const ConfigKey& /*key*/) { return true; }

bool is_stage(std::string_view word) {
  const auto stages = all_stages();
  return std::find(stages.begin(), stages.end(), word) != stages.end();
}

void examine_worker(const Config& config, Findings& findings) {
  const auto worker = find_worker(config);
  if (!worker) {
    findings.push_back({Level::problem, "worker", worker.error().message});
    return;
  }
  const auto answer = run_program({worker->string(), "--version"});
  if (answer.status != 0) {
    findings.push_back({Level::problem, "worker",
                        worker->string() + " does not start (" + printable(answer.output) +
                            "); are its libraries installed? tools/setup.sh installs them"});
    return;
  }
  const auto offers = worker_offers(config);
  if (!offers) return findings.push_back({Level::problem, "worker", offers.error().message});
  std::string stages;
  for (const auto& word : *offers) {
    if (is_stage(word)) stages += (stages.empty() ? "" : ", ") + word;
  }
  findings.push_back(
      {Level::ok, "worker", worker->string() + ": " + printable(first_line(answer.output)) + ", offers " + stages});
  if (std::find(offers->begin(), offers->end(), "pdfa") == offers->end()) {
    findings.push_back(
        {Level::information, "ghostscript",
         "there is no gs in $PATH: --output-type pdfa is not to be had; install the package ghostscript"});
  } else {
    findings.push_back({Level::ok, "ghostscript", find_program("gs")});
  }
}

void examine_languages(Findings& findings) {
  const auto languages = tesseract_languages();
  if (languages.names.empty()) {
    findings.push_back({Level::problem, "languages",
                        "Tesseract has no language data in " + languages.directory +
                            "; install some, for example the package tesseract-ocr-eng"});
    return;
  }
  std::string list;
  for (const auto& name : languages.names) list += (list.empty() ? "" : ", ") + name;
  findings.push_back({Level::ok, "languages", list + " (" + languages.directory + ")"});
}

void examine_language_model(Findings& findings) {
  const auto file = language_model_file();
  if (file.empty()) {
    findings.push_back({Level::information, "language model",
                        "none of fastText's (lid.176.ftz in /usr/local/share/fasttext): nlp tells languages by CLD2"});
  } else if (::access(file.c_str(), R_OK) != 0) {
    findings.push_back({Level::problem, "language model", file + " cannot be read; nlp and validation refuse to work"});
  } else {
    findings.push_back({Level::ok, "language model", file});
  }
}

void examine_directory(const fs::path& directory, Findings& findings) {
  // The nearest directory that exists is the one in which docmill would make the others.
  fs::path nearest = fs::absolute(directory);
  std::error_code ignored;
  while (!fs::exists(nearest, ignored) && nearest != nearest.parent_path()) nearest = nearest.parent_path();
  if (::access(nearest.c_str(), W_OK | X_OK) != 0) {
    findings.push_back({Level::problem, "data directory",
                        directory.string() +
                            " cannot be written; choose another with --data-dir, or allow writing to " +
                            nearest.string()});
    return;
  }
  const auto space = fs::space(nearest, ignored);
  findings.push_back(
      {Level::ok, "data directory", directory.string() + " (" + std::to_string(space.available >> 20U) + " MiB free)"});
}

awaitable<int> count_jobs(Broker& broker, Findings& findings) {
  const auto jobs = co_await all_jobs(broker);
  Finding finding{Level::ok, "queue", count_text(jobs.size(), "job")};
  findings.push_back(std::move(finding));
  co_return all_done;
}

std::string durability_of(const RedisFacts& facts) {
  if (facts.append_only) return "it appends every change to a file";
  return facts.snapshots.empty() ? "it keeps nothing on disk" : "it saves snapshots (" + facts.snapshots + ")";
}

void judge_server(const RedisFacts& facts, const std::string& where, Findings& findings) {
  const auto problem = [&](const std::string& text) { findings.push_back({Level::problem, "redis", text}); };
  findings.push_back({Level::ok, "redis", where + ": version " + facts.version + "; " + durability_of(facts)});
  if (facts.major < 7) problem("version " + facts.version + " is too old; docmill needs Redis 7.0 or later, or Valkey");
  if (!facts.append_only) {
    problem(std::string("with `appendonly no` a crash of the server loses ") +
            (facts.snapshots.empty() ? "all jobs and results" : "what came since its last snapshot") +
            "; set `appendonly yes` (CONFIG SET appendonly yes, CONFIG REWRITE)");
  }
  if (facts.memory_policy != "noeviction") {
    problem("with `maxmemory-policy " + facts.memory_policy + "` the server may drop jobs when " +
            (facts.memory_limit > 0 ? "its memory is full" : "a memory limit is set") +
            "; set it to noeviction, or give docmill a server of its own");
  }
  if (facts.library && *facts.library > facts.our_library) {
    problem("the server is used by a newer docmill (functions of version " + std::to_string(*facts.library) +
            ", this one has " + std::to_string(facts.our_library) + "); update this one");
  }
}

awaitable<int> examine_redis(Queue& queue, const Config& config, const QueuePlace& place, Findings& findings) {
  const auto facts = co_await ask_redis(queue.loop(), config, place.redis_url);
  judge_server(facts, place.shown(), findings);
  if (facts.major < 7) co_return with_failures;
  co_return co_await count_jobs(queue.broker(), findings);
}

void examine_server(const Config& config, const QueuePlace& place, Findings& findings) {
  try {
    Queue queue(config, place);
    queue.drive(examine_redis(queue, config, place, findings));
  } catch (const SystemError& error) {
    findings.push_back({Level::problem, "redis", error.what()});
  }
}

void examine_queue(const Config& config, const QueuePlace& place, Findings& findings) {
  if (place.on_redis()) return examine_server(config, place, findings);
  const auto& directory = place.directory;
  if (!has_queue(directory)) {
    findings.push_back(
        {Level::information, "queue", "none in " + directory.string() + " yet; it is made when it is needed"});
    return;
  }
  try {
    const auto damage = queue_damage(directory);
    if (!damage.empty()) {
      findings.push_back(
          {Level::problem, "queue",
           "the database in " + directory.string() + " is damaged (" + damage +
               "); move it away and run again: documents that are done already are recognised by their outputs only "
               "while it is there"});
      return;
    }
    Queue queue(config, place);
    queue.drive(count_jobs(queue.broker(), findings));
  } catch (const SystemError& error) {
    findings.push_back({Level::problem, "queue", error.what()});
  }
}

// Writes, reads and removes something, as a node and a user would.
awaitable<int> try_store(ArtifactStore& store, Findings& findings, const std::string& where) {
  ArtifactOwner owner;
  owner.job.value = "doctor-" + new_client_id();
  const std::vector<std::string> nothing;
  std::string record = "{}";
  auto written = co_await store.publish(owner, nothing, std::move(record));
  auto read = Result<Descriptor>(fail(ErrorCode::internal, ""));
  if (written) read = co_await store.open(owner, "json");
  auto removed = co_await store.remove_job(owner.job);
  const auto problem = [&](const Error& error, const char* what) {
    findings.push_back({Level::problem, "outputs", where + " cannot be " + what + ": " + error.message});
  };
  if (!written) problem(written.error(), "written");
  if (written && !read) problem(read.error(), "read");
  if (read && !removed) problem(removed.error(), "cleared");
  if (read && removed) findings.push_back({Level::ok, "outputs", where + " can be written"});
  co_return all_done;
}

void examine_store(const Session& session, Findings& findings) {
  const auto where = artifact_place(session.config(), session.data_directory());
  if (session.config().text("store.url").empty()) return;  // in the data directory, which is looked at already
  boost::asio::io_context loop;
  try {
    Network network(loop, session.config());
    const auto store = network.open_store(session.config(), session.data_directory());
    drive(loop, try_store(*store, findings, where));
  } catch (const SystemError& error) {
    findings.push_back({Level::problem, "outputs", error.what()});
  }
}

void examine_host(const Config& config, Findings& findings) {
  const auto memory = memory_of_host();
  const auto workers = static_cast<std::uint64_t>(worker_count(config));
  findings.push_back({Level::information, "cores",
                      std::to_string(usable_cores()) + " usable, " + std::to_string(workers) + " workers at once"});
  if (memory.total == 0) {
    findings.push_back({Level::problem, "/proc", "/proc/meminfo cannot be read; docmill needs /proc mounted"});
  } else {
    findings.push_back({Level::information, "memory",
                        std::to_string(memory.total >> 20U) + " MiB, " + std::to_string(memory.available >> 20U) +
                            " MiB available; workers may take " +
                            std::to_string(workers * config.bytes("limits.memory") >> 20U) + " MiB at the very most"});
  }
  for (const auto& feature : kernel_features()) {
    findings.push_back({Level::information, feature.name, feature.state});
  }
}

int show(const Findings& findings, bool as_json) {
  int status = all_done;
  for (const auto& finding : findings) {
    if (finding.level == Level::problem) status = with_failures;
    const char* level = finding.level == Level::ok ? "ok" : finding.level == Level::problem ? "problem" : "info";
    if (as_json) {
      print_line(
          json::object{{"level", level}, {"subject", finding.subject}, {"text", document_as_text(finding.text)}});
    } else {
      std::string head = "[" + std::string(level) + "] ";
      head.resize(std::max<std::size_t>(head.size(), 10), ' ');
      print(head + finding.subject + ": " + printable(finding.text) + "\n");
    }
  }
  return status;
}

}  // namespace

void add_doctor_command(Command program, Session& session) {
  auto command = program.add_command("doctor", "Look whether everything is in place, and say what to do");
  const auto output = std::make_shared<std::string>();
  const auto as_json = std::make_shared<bool>(false);
  command.add_option("-o,--output", *output, "Also look at the queue of `docmill run -o DIR`").type_name("DIR");
  command.add_flag("--json", *as_json, "One JSON object per finding");
  const auto audit = std::make_shared<AuditOrder>();
  command
      .add_list("--audit", audit->histories,
                "Instead: prove from the histories of all processes (history.file) that the queue kept its promises")
      .type_name("FILE...");
  command.add_option("--job", audit->job, "With --audit: only findings of this job").type_name("JOB");
  session.add_config_flags(command, every_key);
  command.action([&session, output, as_json, audit] {
    session.load_config();
    Findings findings;
    const auto place = queue_place(session, *output);
    if (!audit->histories.empty()) {
      audit->json = *as_json;
      Queue queue(session.config(), place);
      session.status = audit_queue(queue, *audit);
      return;
    }
    examine_worker(session.config(), findings);
    examine_languages(findings);
    examine_language_model(findings);
    examine_directory(place.directory, findings);
    examine_queue(session.config(), place, findings);
    examine_store(session, findings);
    examine_host(session.config(), findings);
    session.status = show(findings, *as_json);
  });
}

}  // namespace docmill::cli
