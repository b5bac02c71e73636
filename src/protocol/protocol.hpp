// What node, fork server and worker say to each other. With core, the only module that both halves of docmill share.
//
// Transport: a Unix stream socket (one between node and fork server, one between node and each worker). A frame is
//   u32 little-endian length of the body | u8 MessageType | u8 number of descriptors | body (JSON, UTF-8)
// and its descriptors travel by SCM_RIGHTS with the first byte of the frame. A body over max_body bytes, an unknown
// type or malformed JSON is a broken peer: the node kills the worker (ErrorCode::crashed); a worker or fork server
// exits.
//
//   node -> fork server   fork     [socket]                       start a worker on that socket
//                         kill                                    SIGKILL a worker; its `exited` follows
//   fork server -> node   ready                                   libraries are loaded
//                         forked / exited                         with status and rusage of wait4
//   node -> worker        task     [input, part trees…]           run this; may be sent ahead of the last result
//                         artifact [file]                         answer to want_artifact, body `{}`; without a file:
//                                                                 refused, the node knows why
//                         entry [file]                            answer to want_entry: what was found, to be read;
//                                                                 else to be written; without a file: nothing is kept
//   worker -> node        progress                                a page is finished
//                         want_artifact                           asks for a descriptor to write an output to
//                         want_entry                              asks for what is kept under a key
//                         keep_entry                              the file that it was given to write is whole
//                         result                                  the task has ended, well or not; the last word on it
//
// A worker exits when its socket is closed. Everything from a worker is untrusted: the node checks names and sizes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/job.hpp"
#include "core/result.hpp"

namespace docmill::protocol {

enum class MessageType : std::uint8_t {
  ready = 1,
  fork = 2,
  kill = 3,
  forked = 4,
  exited = 5,
  task = 16,
  artifact = 17,
  entry = 18,
  progress = 32,
  want_artifact = 33,
  result = 34,
  want_entry = 35,
  keep_entry = 36,
};

inline constexpr std::size_t header_size = 6;
inline constexpr std::size_t max_body = 64U << 20U;
inline constexpr std::size_t max_descriptors = 250;  // the kernel's SCM_MAX_FD is 253

// How a worker that cannot speak any more says why it ends: its exit status. Others mean `crashed`.
inline constexpr int exit_out_of_memory = 18;

struct Ready {
  std::string version;
};

struct Fork {
  std::uint64_t worker = 0;        // the node's number for it
  std::string pipeline;            // what to have warm before the fork …
  std::string options = "{}";      // … with these options
  std::uint64_t memory_limit = 0;  // bytes of private memory on top of the fork server's, a hard stop by RLIMIT_DATA;
                                   // 0: none
  std::uint64_t output_limit = 0;  // bytes of any one file, RLIMIT_FSIZE; 0: none
};
struct Kill {
  std::uint64_t worker = 0;
};
struct Forked {
  std::uint64_t worker = 0;
  int pid = 0;  // 0: could not be forked; `message` says why
  std::string message;
};
struct Exited {
  std::uint64_t worker = 0;
  int status = 0;                 // as wait4 gives it: use WIFEXITED and so on
  double cpu_seconds = 0;         // user and system, of the whole life
  std::uint64_t peak_memory = 0;  // bytes, ru_maxrss less what is shared with the fork server
};

struct Limits {
  int max_pages = 0;             // 0: none
  std::uint64_t max_pixels = 0;  // of one page image
};

struct Task {
  std::uint64_t id = 0;
  TaskKind kind = TaskKind::document;
  std::string document;  // its name, for messages and types only: never opened
  std::string pipeline;
  std::string options = "{}";
  PageRange pages;                     // for a part
  int part_pages = 0;                  // split a document with more pages than this; 0: never
  std::vector<PageRange> part_ranges;  // for a merge: as LeasedTask
  std::vector<Error> part_errors;
  std::vector<int> part_trees;  // for a merge: numbers (1…n, ascending) of the parts that are done, whose trees follow
                                // the input as descriptors, in this order
  std::vector<Error> lost_pages;  // not to be looked at again: what befell who did, with the page
  Limits limits;
  bool has_input = true;  // false: no stage opens the document (pipeline `noop`)
};

// Sent at the start (finished 0) and after each page: the clocks follow it.
struct Progress {
  std::uint64_t id = 0;
  int pages = 0;          // that this task has to do
  int finished = 0;       // of them
  int page = 0;           // 1-based, the one that is begun now
  double megapixels = 0;  // of that page, where it is known
};

struct WantArtifact {
  std::uint64_t id = 0;
  std::string name;  // [a-z0-9][a-z0-9._-]*, at most 64 bytes: "txt", "pdf", "tree" (of a part), "page-0001.png"
};

// What was found out before is kept under a key: a digest of all that it depends on, 64 hexadecimal digits.
struct WantEntry {
  std::uint64_t id = 0;
  std::string key;
  bool damaged = false;  // the file that was given for this key is of no use: it shall be forgotten
};

struct Entry {
  bool found = false;
};

// Keeps what was written to the file that the last want_entry was answered with.
struct KeepEntry {
  std::uint64_t id = 0;
  std::string key;
};

struct TaskResult {
  std::uint64_t id = 0;
  std::optional<Error> error;  // set: failed. Else done, or split:
  bool retryable = false;
  std::vector<PageRange> split;  // not empty: the document is to be split so
  Outcome outcome = Outcome::ok;
  int pages = 0;                       // finished
  std::string record = "{}";           // JSON object: what the worker knows for the result record, `pages` among it
  std::vector<std::string> artifacts;  // written completely
  double cpu_seconds = 0;              // of this task (getrusage before and after)
  std::uint64_t peak_memory = 0;       // bytes, private ones, of the worker so far
};

// One function each way per message; a body that does not fit is ErrorCode::internal with the reason.
std::string encode(const Ready&);
std::string encode(const Fork&);
std::string encode(const Kill&);
std::string encode(const Forked&);
std::string encode(const Exited&);
std::string encode(const Task&);
std::string encode(const Progress&);
std::string encode(const WantArtifact&);
std::string encode(const WantEntry&);
std::string encode(const Entry&);
std::string encode(const KeepEntry&);
std::string encode(const TaskResult&);

template <class Message>
Result<Message> decode(std::string_view body);

// The frame's first six bytes.
struct Header {
  std::uint32_t length = 0;
  MessageType type{};
  std::uint8_t descriptors = 0;
};
std::string encode_header(const Header& header);
Header decode_header(const char* bytes);  // header_size bytes
// A known type, a body of at most max_body, at most max_descriptors descriptors; else internal: the peer is broken.
Status check_header(const Header& header);

bool is_valid_artifact_name(std::string_view name);
bool is_valid_entry_key(std::string_view key);

}  // namespace docmill::protocol
