#include "runtime/blocking_pool.hpp"

namespace docmill {

// Work that waits for a thread is begun all the same, but is told to end; what runs has been told by its coroutine.
BlockingPool::~BlockingPool() {
  *closing_ = true;
  threads_.join();
}

}  // namespace docmill
