// What the user named on the command line, as a list of documents with the place of their outputs.
//
// A document's name is its absolute path with "/./" before the part that its outputs mirror below DIR (the convention
// of rsync):
// "/home/ann/scans/./1998/letter.pdf" has its text in DIR/1998/letter.pdf.txt. So the name alone says where the outputs
// belong, in this run and in each later one, and it is still a path that can be opened. Names are bytes, not text.
// Addresses (http://, https://, s3://) are names as they are.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace docmill::cli {

struct Input {
  std::string name;
  std::uint64_t size = 0;        // 0 for what does not exist: its task will say so
  std::int64_t modified_ns = 0;  // since the Unix epoch
};

// Something below a directory that could not be looked at.
struct InputProblem {
  std::string path;
  Error error;
};

struct InputList {
  std::vector<Input> documents;  // sorted within each directory, arguments in their order
  std::vector<InputProblem> problems;
  std::uint64_t skipped = 0;  // files in directories that by their names are no documents
};

struct InputRequest {
  std::vector<std::string> paths;  // files, directories, patterns, "-" for a list on stdin
  std::string from;                // a list of files and directories; "-": stdin; empty: none
  char separator = '\n';           // of that list
  std::string output;              // DIR: not searched for documents
  bool texts = false;              // in directories, files that by their names are text are documents, too
};

// Expands what was asked for. A file that does not exist is a document (that will fail). invalid_option or not_found:
// nothing to do, a pattern without match, a list that cannot be read, two documents whose outputs would be the same
// files.
Result<InputList> list_inputs(const InputRequest& request);

// Whether a file in a directory is taken for a document, by its extension. `texts`: also where it is one of text.
bool is_document_name(std::string_view file_name, bool texts = false);

// `path` seen from `directory` (absolute), without ".", ".." and doubled slashes.
std::string absolute_path(std::string_view directory, std::string_view path);

}  // namespace docmill::cli
