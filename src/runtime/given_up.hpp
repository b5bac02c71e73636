// How work on another thread learns that nobody waits for it any more, and that it should end soon.
#pragma once

#include <atomic>

namespace docmill {

using GivenUp = std::atomic<bool>;

}  // namespace docmill
