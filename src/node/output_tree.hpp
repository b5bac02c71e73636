// OutputTree: a directory below which files are put, and never outside it: neither by `..` nor through a symbolic link.
#pragma once

#include <string>
#include <string_view>

#include "core/descriptor.hpp"
#include "core/result.hpp"

namespace docmill {

// A file's place, from check to rename: its directory is held open so that nobody can exchange it in between.
struct OutputPath {
  std::string shown;     // for messages
  std::string file;      // its name in `directory`
  Descriptor directory;  // not open: does not exist yet
};

class OutputTree {
 public:
  // SystemError (misconfigured): `root` cannot be opened.
  explicit OutputTree(const std::string& root);

  enum class Missing { leave, create };
  // output_exists: something that is no directory is in the way. access_denied: leaves the tree, or not allowed.
  // output_unavailable: the file system is full or cannot be written.
  Result<OutputPath> locate(std::string_view path, Missing directories) const;

  // Puts the file `from` there, replacing what is there only if `replace`. output_exists if there is something.
  static Status move_into(const std::string& from, const OutputPath& target, bool replace);

 private:
  std::string root_;
  Descriptor directory_;
};

// What a failed system call on an output means. `what` is a phrase with the place: "cannot create /out/a".
Error output_error(const std::string& what, int error);

}  // namespace docmill
