// PageCache: what was recognised on page images, kept in a directory under a digest of all that it depends on, so that
// an image that comes again is not recognised again. Workers read and write the entries, and check what they read; the
// node only hands out the files.
//
//   DIR/<key>        an entry
//   DIR/new-XXXXXX   one that is being written
//
// Any number of processes may share the directory: entries appear by rename, whole, and are never changed. Each process
// looks after the size: when it has written a sixteenth of the limit, or knows the limit to be passed, it removes those
// that were used longest ago until an eighth is free; so the limit holds to a sixteenth per further process. One event
// loop; every call may block for the time of a few file system calls, one that makes room for that of one per entry.
// What goes wrong costs no more than the entry: the page is recognised.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/descriptor.hpp"

namespace docmill {

class PageCache {
 public:
  // An entry on its way; without keep() it leaves nothing behind.
  struct Draft {
    Draft(std::string entry_key, std::string draft_path, Descriptor opened)
        : key(std::move(entry_key)), path(std::move(draft_path)), file(std::move(opened)) {}
    Draft(Draft&& other) noexcept;
    Draft& operator=(Draft&& other) noexcept;
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;
    ~Draft();

    std::string key;
    std::string path;  // empty: moved away
    Descriptor file;
  };

  // `directory` is made when it is needed. `most_bytes`: of all entries together, more than 0.
  PageCache(std::string directory, std::uint64_t most_bytes);

  // Keys are protocol::is_valid_entry_key().
  // An entry, to be read; it counts as used now. Empty: there is none.
  Descriptor find(const std::string& key);
  // What find() gave last for this key cannot be used.
  void forget(const std::string& key);
  // Nothing: the file system does not allow it.
  std::optional<Draft> draft(const std::string& key);
  // The entry appears, in place of one that another worker has made meanwhile. One that is empty, or takes more than an
  // eighth of the limit, does not.
  void keep(Draft& draft);

  std::uint64_t hits() const { return hits_; }  // entries found, and not forgotten

 private:
  std::string path_of(const std::string& key) const { return directory_ + "/" + key; }
  void make_room();

  const std::string directory_;
  const std::uint64_t most_bytes_;
  bool has_looked_ = false;  // at what is there
  std::uint64_t bytes_ = 0;  // of the entries, as far as it is known
  std::uint64_t added_ = 0;  // by this process, since it looked last
  std::uint64_t hits_ = 0;
};

}  // namespace docmill
