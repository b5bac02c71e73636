// ReturnedRoom: gives room of a file back to the disk while the file is in use.
#pragma once

#include <cstdint>

namespace docmill {

class ReturnedRoom {
 public:
  // `descriptor`: borrowed; -1 gives nothing back.
  explicit ReturnedRoom(int descriptor) : descriptor_(descriptor) {}

  // What stands there is gone from now on, and the file is as long as it was. Only whole blocks are given back: with
  // what was given back just before, where the two touch, so that none is left between them. What the file system
  // refuses goes with the file.
  void give_back(std::uint64_t begin, std::uint64_t end);

 private:
  const int descriptor_;
  std::uint64_t begin_ = 0;  // of a run that has been given back
  std::uint64_t end_ = 0;
};

}  // namespace docmill
