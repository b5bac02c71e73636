// docmill nodes: who is at work on a queue.
#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <memory>

#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/queue.hpp"
#include "cli/session.hpp"
#include "node/record.hpp"

namespace docmill::cli {
namespace {

namespace json = boost::json;

json::object node_json(const NodeInfo& node, double seen_ago) {
  return json::object{{"id", node.id.value},
                      {"host", document_as_text(node.host)},
                      {"pid", node.pid},
                      {"version", node.version},
                      {"workers", node.workers},
                      {"busy", node.busy},
                      {"tasks_done", node.tasks_done},
                      {"started_at", iso_time(node.started_at)},
                      {"seen_at", iso_time(node.seen_at)},
                      {"seen_seconds_ago", seen_ago}};
}

void print_row(const std::array<std::string, 7>& cells) {
  constexpr std::array<int, 7> widths{18, 20, 8, 9, 9, 10, 0};
  std::string row;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    row += cells[i];
    const auto padding = widths[i] - static_cast<int>(cells[i].size());
    if (i + 1 < cells.size()) row.append(static_cast<std::size_t>(std::max(1, padding)), ' ');
  }
  print(row + "\n");
}

awaitable<int> list_nodes(Broker& broker, bool as_json) {
  auto nodes = co_await broker.nodes();
  std::sort(nodes.begin(), nodes.end(), [](const NodeInfo& a, const NodeInfo& b) { return a.id < b.id; });
  if (nodes.empty() && !as_json) print("no node is at work on this queue; `docmill worker` starts one\n");
  if (!nodes.empty() && !as_json) print_row({"node", "host", "pid", "version", "busy", "done", "seen"});
  for (const auto& node : nodes) {
    // The broker's clock against ours: they may differ, but nobody was seen in the future.
    const auto ago = std::max(Millis(0), SystemClock().now() - node.seen_at);
    const double seconds = std::chrono::duration<double>(ago).count();
    if (as_json) {
      print_line(node_json(node, seconds));
    } else {
      print_row({node.id.value, printable(node.host), std::to_string(node.pid), node.version,
                 std::to_string(node.busy) + "/" + std::to_string(node.workers), std::to_string(node.tasks_done),
                 duration_text(seconds) + " ago"});
    }
  }
  co_return all_done;
}

}  // namespace

void add_nodes_command(Command program, Session& session) {
  auto command = program.add_command("nodes", "List who is at work on a queue");
  const auto flags = std::make_shared<QueueFlags>();
  flags->add_to(command, session);
  command.action([&session, flags] {
    auto queue = flags->open(session);
    session.status = queue.drive(list_nodes(queue.broker(), flags->json));
  });
}

}  // namespace docmill::cli
