// docmill merge: PDFs one after the other as one. This process opens the files, docmill-worker reads them.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cerrno>
#include <memory>
#include <system_error>

#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/inputs.hpp"
#include "cli/session.hpp"
#include "core/descriptor.hpp"
#include "core/options.hpp"
#include "core/program.hpp"
#include "node/output_tree.hpp"
#include "node/sources.hpp"
#include "system/parts.hpp"

namespace docmill::cli {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr const char* merge_footer =
    "Examples:\n"
    "  docmill merge -o all.pdf a.pdf b.pdf scans     in this order, directories in the order of their names\n"
    "  docmill merge -o book.pdf --from chapters.txt\n"
    "Pages stay as they are. A document that cannot be read ends it, and nothing is written.";

struct MergeFlags {
  InputRequest inputs;
  std::string output;
  std::string password;
  bool null_separated = false;
  bool overwrite = false;
  bool json = false;
  bool quiet = false;
};

bool is_merge_key(const ConfigKey& key) {
  return key.name() == "limits.memory" || key.name() == "limits.base_timeout" || key.name() == "workers.executable";
}

std::string reason(int error) { return std::generic_category().message(error); }

// Beside the output until it is whole; gone with this object unless it was put in place.
class Unfinished {
 public:
  explicit Unfinished(const fs::path& directory) : path_((directory / ".docmill-merge-XXXXXX").string()) {
    file_ = Descriptor(::mkstemp(path_.data()));
    if (!file_) throw Stop(wrong_usage, output_error("cannot write in " + directory.string(), errno).message);
    ::fchmod(file_.get(), 0644);
  }
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;
  ~Unfinished() { ::unlink(path_.c_str()); }

  int descriptor() const { return file_.get(); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  Descriptor file_;
};

// The list that docmill-worker reads, and the descriptors that it inherits: they are not close-on-exec.
struct Handover {
  Descriptor list;
  std::vector<Descriptor> inputs;
};

Handover hand_over(const std::vector<Input>& documents, const std::string& password) {
  Handover handover;
  std::string text = password + '\0';
  for (const auto& document : documents) {
    const auto path = plain_path(document.name);
    handover.inputs.emplace_back(::open(path.c_str(), O_RDONLY));
    if (!handover.inputs.back()) {
      throw Stop(with_failures, "cannot open '" + printable(path) + "': " + reason(errno) +
                                    (errno == EMFILE ? "; raise the limit on open files (ulimit -n)" : ""));
    }
    text += std::to_string(handover.inputs.back().get()) + '\0' + path + '\0';
  }
  handover.list = Descriptor(::memfd_create("docmill-merge", 0));
  const bool is_written = ::write(handover.list.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (!is_written) throw SystemError(SystemError::Kind::overloaded, "cannot make a list of documents in memory");
  return handover;
}

// The number of pages. Stop: the worker's sentence.
std::int64_t run_worker(const Config& config, const Handover& handover, const Unfinished& output) {
  const auto worker = or_stop(find_worker(config));
  const auto seconds = config.duration("limits.base_timeout").count() / 1'000 + std::ssize(handover.inputs);
  const auto answer =
      run_program({worker.string(), "--merge", std::to_string(output.descriptor()), std::to_string(handover.list.get()),
                   std::to_string(config.bytes("limits.memory")), std::to_string(seconds)});
  boost::system::error_code error;
  const auto told = json::parse(first_line(answer.output), error);
  if (!error && told.is_object()) {
    if (answer.status == 0) return told.at("pages").to_number<std::int64_t>();
    throw Stop(with_failures, printable(std::string_view(told.at("error").at("message").as_string())));
  }
  throw Stop(with_failures, "docmill-worker died of these documents, or took longer than " + std::to_string(seconds) +
                                " s (--limits-base-timeout and a second for each)" +
                                (answer.output.empty() ? "" : ": " + printable(first_line(answer.output))));
}

InputList find_documents(const MergeFlags& flags) {
  if (flags.inputs.paths.empty() && flags.inputs.from.empty()) {
    throw Stop(wrong_usage, "nothing to merge: name PDFs, or give a list with --from");
  }
  InputRequest request = flags.inputs;
  request.separator = flags.null_separated ? '\0' : '\n';
  auto inputs = or_stop(list_inputs(request));
  if (!inputs.problems.empty()) throw Stop(with_failures, inputs.problems.front().error.message);
  if (inputs.documents.empty()) throw Stop(with_failures, "there is no document to merge");
  return inputs;
}

// Not an input, and nothing of somebody else's. Said before any work is done; putting in place says it again.
void check_output(const MergeFlags& flags, const std::vector<Input>& documents) {
  std::error_code error;
  if (fs::exists(flags.output, error) && !flags.overwrite) {
    throw Stop(wrong_usage, "'" + printable(flags.output) + "' is there already; --overwrite replaces it");
  }
  for (const auto& document : documents) {
    if (fs::equivalent(plain_path(document.name), flags.output, error)) {
      throw Stop(wrong_usage, "'" + printable(flags.output) + "' is one of the documents: inputs are never changed");
    }
  }
}

int merge(const MergeFlags& flags, Session& session) {
  session.load_config();
  const auto inputs = find_documents(flags);
  check_output(flags, inputs.documents);
  const fs::path output(flags.output);
  const auto directory = output.has_parent_path() ? output.parent_path() : fs::path(".");
  const auto options = session.stage_options("preprocessing", {{"password", flags.password}});
  const auto handover = hand_over(inputs.documents, std::string(options.at("password").as_string()));
  const Unfinished unfinished(directory);
  const auto pages = run_worker(session.config(), handover, unfinished);
  const OutputTree tree(directory.string());
  const auto target = or_stop(tree.locate(output.filename().string(), OutputTree::Missing::leave));
  or_stop(OutputTree::move_into(unfinished.path(), target, flags.overwrite));
  if (flags.json) {
    print_line(json::object{{"event", "merged"},
                            {"output", printable(flags.output)},
                            {"documents", inputs.documents.size()},
                            {"pages", pages}});
  } else if (!flags.quiet) {
    print(printable(flags.output) + ": " + count_text(inputs.documents.size(), "document") + ", " +
          count_text(static_cast<std::uint64_t>(pages), "page") + "\n");
  }
  return all_done;
}

}  // namespace

void add_merge_command(Command program, Session& session) {
  auto command = program.add_command("merge", "Put PDFs together into one");
  const auto flags = std::make_shared<MergeFlags>();
  command.footer(merge_footer);
  command.add_list("PATH", flags->inputs.paths, "PDFs, directories, patterns; - reads a list from stdin");
  command.add_option("-o,--output", flags->output, "The PDF to be written").type_name("FILE").required();
  command.add_option("--from", flags->inputs.from, "Read a list of paths, one a line; - for stdin").type_name("FILE");
  command.add_flag("-0,--null", flags->null_separated, "The list is separated by NUL bytes");
  command.add_option("--password", flags->password, "Password of those that are encrypted; the output is not");
  command.add_flag("--overwrite", flags->overwrite, "Replace the output if it is there; never an input");
  command.add_flag("--json", flags->json, "The outcome on stdout as a JSON object");
  command.add_flag("-q,--quiet", flags->quiet, "Only say what failed");
  session.add_config_flags(command, is_merge_key);
  command.action([&session, flags] { session.status = merge(*flags, session); });
}

}  // namespace docmill::cli
