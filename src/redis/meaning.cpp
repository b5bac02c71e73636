#include "redis/meaning.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace docmill::redis {
namespace {

// The first word of an error is its code …
constexpr std::array<std::pair<std::string_view, Meaning>, 15> codes{{
    {"LOADING", Meaning::again},
    {"BUSY", Meaning::again},  // a script or function is running; BUSYGROUP and BUSYKEY are other words
    {"TRYAGAIN", Meaning::again},
    {"CLUSTERDOWN", Meaning::again},
    {"MASTERDOWN", Meaning::again},
    {"READONLY", Meaning::elsewhere},
    {"UNBLOCKED", Meaning::elsewhere},  // a master became a replica while the command waited
    {"OOM", Meaning::overloaded},
    {"MISCONF", Meaning::unavailable},
    {"NOREPLICAS", Meaning::unavailable},
    {"NOAUTH", Meaning::misconfigured},
    {"WRONGPASS", Meaning::misconfigured},
    {"NOPERM", Meaning::misconfigured},
    {"DENIED", Meaning::misconfigured},  // protected mode
    {"MOVED", Meaning::misconfigured},   // a cluster, and the address of a node that does not keep our slot
}};

// … but "ERR" says nothing; its sentences do. They have not changed since they exist.
constexpr std::array<std::pair<std::string_view, Meaning>, 9> sentences{{
    {"ERR Function not found", Meaning::function_missing},
    {"ERR unknown command", Meaning::misconfigured},
    {"ERR WAIT cannot be used with replica", Meaning::elsewhere},
    {"ERR max number of clients reached", Meaning::again},
    {"ERR AUTH ", Meaning::misconfigured},  // "<password> called without any password configured"
    {"ERR Client sent AUTH", Meaning::misconfigured},
    {"ERR invalid password", Meaning::misconfigured},
    {"ERR DB index", Meaning::misconfigured},
    {"ERR invalid DB index", Meaning::misconfigured},
}};

}  // namespace

Meaning meaning_of(std::string_view error) {
  const std::string_view code = error.substr(0, error.find(' '));
  const auto by_code = std::find_if(codes.begin(), codes.end(), [&](const auto& row) { return row.first == code; });
  if (by_code != codes.end()) return by_code->second;
  const auto by_sentence =
      std::find_if(sentences.begin(), sentences.end(), [&](const auto& row) { return error.starts_with(row.first); });
  return by_sentence != sentences.end() ? by_sentence->second : Meaning::answer;
}

}  // namespace docmill::redis
