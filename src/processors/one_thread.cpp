#include "processors/one_thread.hpp"

#include <dlfcn.h>

#include <cstdlib>

// GCC's OpenMP keeps a team for every parallel region, though it be of one thread, and wakes it with a system call at
// the end. Tesseract opens a region for each step of a line: 5 % of a page's time. So the worker has its own of the
// calls that GCC makes of the pragmas ("libgomp ABI" in the manual of libgomp): they stand before the library's, for a
// program's symbols come first, and run the region where it is. What else a library may ask OpenMP, how many threads
// there are for example, is still answered by libgomp, which sees no region.
namespace {

// The sections of the region that the thread is in.
struct Sections {
  unsigned next = 1;
  unsigned count = 0;
};

thread_local Sections sections;

}  // namespace

extern "C" {

void GOMP_parallel(void (*region)(void*), void* data, unsigned /*threads*/, unsigned /*flags*/) { region(data); }

void GOMP_parallel_sections(void (*region)(void*), void* data, unsigned /*threads*/, unsigned count,
                            unsigned /*flags*/) {
  const Sections outer = sections;
  sections = {1, count};
  region(data);
  sections = outer;
}

unsigned GOMP_sections_next() { return sections.next <= sections.count ? sections.next++ : 0; }

void GOMP_sections_end_nowait() {}
}

namespace docmill {

// Said as well, for a Tesseract that another compiler has made: OMP_THREAD_LIMIT is read only when the OpenMP library
// is loaded, before main(); that no level of parallel regions may be active can be said at any time. Tesseract may have
// been built without OpenMP: then there is nothing to say.
void use_one_thread() {
  ::setenv("OMP_THREAD_LIMIT", "1", 1);  // for programs that we start
  if (auto* const function = ::dlsym(RTLD_DEFAULT, "omp_set_max_active_levels")) {
    reinterpret_cast<void (*)(int)>(function)(0);
  }
}

}  // namespace docmill
