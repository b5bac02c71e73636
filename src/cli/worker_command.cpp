// docmill worker: a node that works on a queue for whoever submits.
#include <memory>

#include "cli/commands.hpp"
#include "cli/queue.hpp"
#include "cli/session.hpp"
#include "cli/worker.hpp"

namespace docmill::cli {
namespace {

bool is_worker_key(const ConfigKey& key) { return key.section != "retry" && key.name() != "results.ttl"; }

constexpr const char* worker_footer =
    "Works until SIGTERM or Ctrl-C: then it finishes what runs (at most lease.drain_timeout); a second one stops it "
    "now.\nAny number of workers, on any number of machines, share a queue on Redis; those of one machine also share "
    "the "
    "queue in a data directory.";

}  // namespace

void add_worker_command(Command program, Session& session) {
  auto command = program.add_command("worker", "Work on a queue, for whoever submits to it");
  command.footer(worker_footer);
  session.add_config_flags(command, is_worker_key);
  command.action([&session] {
    session.load_config();
    WorkerOrder order;
    order.queue = queue_place(session);
    order.data_directory = session.data_directory();
    session.status = work(order, session.config());
  });
}

}  // namespace docmill::cli
