// TiffMessages: hears what libtiff says while it lives. One at a time: the hook is the process's.
#pragma once

#include <string>

namespace docmill {

class TiffMessages {
 public:
  TiffMessages();
  TiffMessages(const TiffMessages&) = delete;
  TiffMessages& operator=(const TiffMessages&) = delete;
  ~TiffMessages();

  // The first message by which a decoder of fax codes says that rows are not what they were; empty: there was none.
  std::string fax_damage() const { return fax_damage_; }

 private:
  std::string fax_damage_;
};

}  // namespace docmill
