// docmill submit: puts documents into a queue, for the nodes that work on it.
#include <boost/json.hpp>
#include <memory>

#include "cli/client_id.hpp"
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/follow.hpp"
#include "cli/inputs.hpp"
#include "cli/queue.hpp"
#include "cli/session.hpp"
#include "cli/stage_flags.hpp"
#include "cli/submission.hpp"
#include "core/needs.hpp"
#include "core/options.hpp"
#include "core/sha256.hpp"

namespace docmill::cli {
namespace {

namespace json = boost::json;

constexpr const char* submit_footer =
    "Examples:\n"
    "  docmill submit ocr scans --format txt,pdf --wait      and follow it to its end\n"
    "  docmill submit ocr s3://archive/1998/a.pdf https://example.org/b.pdf\n"
    "  docmill submit ocr --from names.txt --priority low --idempotency-key archive-1998\n"
    "`docmill worker` does the work, on this machine or on others; `docmill results JOB --fetch DIR` gets the outputs.";

bool is_submit_key(const ConfigKey& key) {
  return is_queue_key(key) || key.section == "retry" || key.name() == "results.ttl" || key.name() == "log.level";
}

struct SubmitFlags {
  std::string pipeline;
  InputRequest inputs;
  bool null_separated = false;
  std::string priority = "normal";
  std::vector<std::string> options;  // "name=value"
  std::string name;
  std::string key;
  bool wait = false;
  bool json = false;
  bool quiet = false;
  std::shared_ptr<const json::object> stage_options;
};

json::object options_of(const SubmitFlags& flags, const Session& session) {
  json::object given = *flags.stage_options;
  for (const auto& option : flags.options) add_stage_option(given, option);
  return session.stage_options(flags.pipeline, std::move(given));
}

JobSpec spec_of(const SubmitFlags& flags, const Session& session, const std::vector<Input>& documents) {
  const auto& config = session.config();
  JobSpec spec;
  spec.name = flags.name.empty() ? job_name(documents.front().name, documents.size()) : flags.name;
  spec.pipeline = flags.pipeline;
  const auto options = options_of(flags, session);
  spec.options = json::serialize(options);
  spec.needs = or_stop(needs_of(flags.pipeline, options));
  spec.priority = *priority_from_string(flags.priority);
  spec.retry = retry_policy(config);
  spec.result_ttl = config.duration("results.ttl");
  spec.idempotency_key = flags.key;
  if (flags.key.empty()) return spec;
  Sha256 body;
  for (const auto& field : {spec.name, spec.pipeline, spec.options, flags.priority}) body.add_field(field);
  for (const auto& document : documents) body.add_field(document.name);
  spec.body_digest = body.hexadecimal();
  return spec;
}

InputList find_inputs(const SubmitFlags& flags) {
  for (const auto& path : flags.inputs.paths) {
    if (path.empty()) throw Stop(wrong_usage, "a DOC is empty: name files, directories or addresses");
  }
  if (flags.inputs.paths.empty() && flags.inputs.from.empty()) {
    throw Stop(wrong_usage, "nothing to submit: name documents, or give a list with --from");
  }
  InputRequest request = flags.inputs;
  request.separator = flags.null_separated ? '\0' : '\n';
  auto inputs = or_stop(list_inputs(request));
  for (const auto& problem : inputs.problems) complain(problem.error.message + "; left out");
  if (inputs.documents.empty()) throw Stop(with_failures, "there is nothing that can be submitted");
  return inputs;
}

void tell(const CreatedJob& job, const SubmitFlags& flags) {
  if (flags.json) {
    print_line(
        json::object{{"event", "job"}, {"job", job.job.value}, {"documents", job.documents}, {"existed", job.existed}});
  } else if (!flags.wait) {
    print(job.job.value + "\n");
  } else if (!flags.quiet) {
    print("job " + job.job.value + ", " + count_text(job.documents, "document") +
          (job.existed ? ", submitted before\n" : "\n"));
  }
}

awaitable<int> put_in(Broker& broker, CreateJob create, std::vector<std::string_view> names, CreatedJob& job) {
  job = co_await submit_job(broker, std::move(create), std::move(names));
  co_return all_done;
}

int submit(const SubmitFlags& flags, Session& session) {
  session.load_config();
  options_of(flags, session);  // what is wrong with them is said before anything is read
  const auto inputs = find_inputs(flags);
  CreateJob create;
  create.id.client = new_client_id();
  create.id.sequence = 1;
  create.spec = spec_of(flags, session, inputs.documents);
  std::vector<std::string_view> names;
  names.reserve(inputs.documents.size());
  for (const auto& document : inputs.documents) names.emplace_back(document.name);
  Queue queue(session.config(), queue_place(session), Missing::make);
  CreatedJob job;
  queue.drive(put_in(queue.broker(), std::move(create), std::move(names), job));
  const int trouble = inputs.problems.empty() ? all_done : with_failures;
  if (!flags.wait) {
    tell(job, flags);
    return trouble;
  }
  FollowOrder order;
  order.job = job.job;
  order.style = flags.json ? ProgressStyle::json : flags.quiet ? ProgressStyle::quiet : ProgressStyle::automatic;
  order.level = log_level(session.config());
  order.tell_begin = [&] { tell(job, flags); };
  const int status = follow(queue, order);
  return status == all_done ? trouble : status;
}

}  // namespace

void add_submit_command(Command program, Session& session) {
  auto command = program.add_command("submit", "Put documents into a queue, for `docmill worker` here or elsewhere");
  const auto flags = std::make_shared<SubmitFlags>();
  std::vector<std::string> names;
  for (const auto& priority : priorities) names.emplace_back(priority.name);
  command.footer(submit_footer);
  command
      .add_option("PIPELINE", flags->pipeline,
                  "As for run: stages with commas between them (`docmill options ocr` shows the options of ocr)")
      .required();
  command.add_list("DOC", flags->inputs.paths,
                   "Files, directories, patterns, addresses (https://, http://, s3://); - reads a list from stdin");
  command.add_option("--from", flags->inputs.from, "Read a list of them, one a line; - for stdin").type_name("FILE");
  command.add_flag("-0,--null", flags->null_separated, "The list is separated by NUL bytes");
  command.add_option("--priority", flags->priority, "low, normal, high or critical: shares of 1, 4, 16, 64 [normal]")
      .one_of(names);
  command.add_repeated("--option", flags->options, "An option of a stage, as in `docmill options`")
      .type_name("NAME=VALUE");
  command.add_option("--name", flags->name, "Name of the job, for people");
  command.add_option("--idempotency-key", flags->key, "The same key again submits nothing twice").type_name("KEY");
  command.add_flag("--wait", flags->wait, "Follow the job to its end; exit status as of `docmill run`");
  command.add_flag("--json", flags->json, "Events on stdout, one JSON object per line");
  command.add_flag("-q,--quiet", flags->quiet, "With --wait: only say what failed");
  flags->stage_options = add_stage_flags(command);
  session.add_config_flags(command, is_submit_key);
  command.action([&session, flags] { session.status = submit(*flags, session); });
}

}  // namespace docmill::cli
