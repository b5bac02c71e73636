#include "cli/waiting.hpp"

#include "core/needs.hpp"

namespace docmill::cli {

std::optional<std::string> what_it_waits_for(const JobStatus& job, const std::vector<NodeInfo>& nodes) {
  if (job.state != JobState::running || job.counters.waiting == 0) return std::nullopt;
  if (nodes.empty()) return "a node: none is at work";
  std::vector<Words> offers;
  for (const NodeInfo& node : nodes) offers.push_back(node.offers);
  std::string words;
  for (const std::string& word : lacking(job.spec.needs, offers)) words += (words.empty() ? "" : ", ") + word;
  if (words.empty()) return std::nullopt;
  return "a node with " + words;
}

}  // namespace docmill::cli
