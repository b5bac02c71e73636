#include "processors/one_thread.hpp"

#include <dlfcn.h>

#include <cstdlib>

namespace docmill {

// With OpenMP's threads a page takes a multiple of the time. OMP_THREAD_LIMIT is read only when the OpenMP library is
// loaded, before main(); that no level of parallel regions may be active can be said at any time. Tesseract may have
// been built without OpenMP: then there is nothing to say.
void use_one_thread() {
  ::setenv("OMP_THREAD_LIMIT", "1", 1);  // for programs that we start
  if (auto* const function = ::dlsym(RTLD_DEFAULT, "omp_set_max_active_levels")) {
    reinterpret_cast<void (*)(int)>(function)(0);
  }
}

}  // namespace docmill
