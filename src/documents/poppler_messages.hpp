// PopplerMessages: catches what Poppler would print on stderr while it lives. One at a time: the hook is the process's.
#pragma once

#include <string>

namespace docmill {

class PopplerMessages {
 public:
  PopplerMessages();
  PopplerMessages(const PopplerMessages&) = delete;
  PopplerMessages& operator=(const PopplerMessages&) = delete;
  ~PopplerMessages();

  bool any() const { return !first_.empty(); }
  // The first message, fit for an Error: later ones are mostly its echoes. Empty: there was none.
  std::string first() const;
  // The first by which a decoder, or the reader of content, says that data are damaged or missing: part of the page is
  // not there. Empty: there was none.
  std::string loss() const;

  // Drops what Poppler says from now on, until a PopplerMessages lives.
  static void silence();

 private:
  std::string first_;
  std::string loss_;
};

}  // namespace docmill
