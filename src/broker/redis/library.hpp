// The functions that run in the server (library/*.lua, put together by CMake), and their version.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace docmill::redis {

// To be raised with every change that a client or stored data can notice: arguments, answers, rows. A server has one
// version for all its namespaces; clients of another are refused as a whole.
inline constexpr int library_version = 2;

// What FUNCTION LOAD takes.
std::string library_text();

// The keys of a namespace in the order in which every call passes them; the library's KEY_NAMES. A test compares them.
inline constexpr std::array<std::string_view, 25> key_names{
    "queue", "jobs",    "specs",  "ids",     "removed", "keys",    "open",   "turns", "kept",
    "names", "results", "leases", "expiry",  "held",    "granted", "hedges", "runs",  "tasks",
    "due",   "rows",    "parts",  "clients", "calls",   "nodes",   "seen"};

// The hash tag keeps all of a namespace in one slot of a cluster.
std::string key_prefix(std::string_view name_space);  // "{docmill:NAME}:"

}  // namespace docmill::redis
