// docmill run: a folder in, text out. Lists the inputs, finds out what is left to do, and works until it is done.
#include <boost/json.hpp>
#include <memory>

#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/run.hpp"
#include "cli/session.hpp"
#include "cli/stage_flags.hpp"
#include "core/options.hpp"

namespace docmill::cli {
namespace {

bool is_run_key(const ConfigKey& key) {
  return (key.section != "store" && key.name() != "results.ttl" && key.name() != "log.format") || key.key == "durable";
}

constexpr const char* run_footer =
    "Examples:\n"
    "  docmill run ocr scans -o out                       text of all documents below scans\n"
    "  docmill run ocr scans -o out --format txt,pdf      and searchable PDFs\n"
    "  find / -name '*.pdf' -print0 | docmill run ocr - -0 -o out\n"
    "Interrupted or killed, the same command goes on where it was.";

struct RunFlags {
  std::string pipeline;
  InputRequest inputs;
  bool null_separated = false;
  bool overwrite = false;
  bool json = false;
  bool quiet = false;
  std::shared_ptr<const boost::json::object> options;
};

RunOrder order_of(const RunFlags& flags, Session& session) {
  session.load_config();
  RunOrder order;
  order.pipeline = flags.pipeline;
  order.options = session.stage_options(flags.pipeline, *flags.options);
  order.inputs = flags.inputs;
  order.inputs.texts = reads_texts(or_stop(parse_pipeline(flags.pipeline)));
  order.inputs.separator = flags.null_separated ? '\0' : '\n';
  const auto& redis = session.config().value("redis.url");
  if (redis.source == ConfigSource::flag)
    order.redis_url = redis.text;  // a run is on a server only where it is told so
  order.overwrite = flags.overwrite;
  order.style = flags.json ? ProgressStyle::json : flags.quiet ? ProgressStyle::quiet : ProgressStyle::automatic;
  if (order.inputs.output.empty()) throw Stop(wrong_usage, "--output is empty: name a directory");
  for (const auto& path : order.inputs.paths) {
    if (path.empty()) throw Stop(wrong_usage, "a PATH is empty: name files or directories");
  }
  if (order.inputs.paths.empty() && order.inputs.from.empty()) {
    throw Stop(wrong_usage, "nothing to read: name files or directories, or give a list with --from");
  }
  return order;
}

}  // namespace

void add_run_command(Command program, Session& session) {
  auto command = program.add_command("run", "Process files and folders; the same command again goes on where it was");
  const auto flags = std::make_shared<RunFlags>();
  command.footer(run_footer);
  command
      .add_option("PIPELINE", flags->pipeline,
                  "Stages with commas between them: ocr, preprocessing, validation, nlp (`docmill options ocr` shows "
                  "its options)")
      .required();
  command.add_list("PATH", flags->inputs.paths, "Files, directories, patterns; - reads a list from stdin");
  command.add_option("-o,--output", flags->inputs.output, "Directory for the outputs").type_name("DIR").required();
  command.add_option("--from", flags->inputs.from, "Read a list of paths, one a line; - for stdin").type_name("FILE");
  command.add_flag("-0,--null", flags->null_separated, "The list is separated by NUL bytes");
  command.add_flag("--overwrite", flags->overwrite, "Replace files that docmill did not write; never an input");
  command.add_flag("--json", flags->json, "Events on stdout, one JSON object per line");
  command.add_flag("-q,--quiet", flags->quiet, "Only say what failed");
  flags->options = add_stage_flags(command);
  session.add_config_flags(command, is_run_key);
  command.action([&session, flags] { session.status = run(order_of(*flags, session), session.config()); });
}

}  // namespace docmill::cli
