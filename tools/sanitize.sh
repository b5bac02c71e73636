#!/usr/bin/env bash
# The suite under the sanitizers: address and undefined for all but the chaos runs, whose deadlines are not made for it;
# thread for what has threads: the SQLite broker, transfers, and what stands on them.
# usage: tools/sanitize.sh [asan|tsan]     default: both
set -euo pipefail
cd "$(dirname "$0")/.."

# qpdf's, Poppler's and fontconfig's own one-time allocations are not ours to free.
export LSAN_OPTIONS="suppressions=$PWD/tools/lsan.supp:print_suppressions=0"
# Tests of wrong clocks preload a library, which then comes before the sanitizer's.
export ASAN_OPTIONS="detect_stack_use_after_return=0:verify_asan_link_order=0"
export UBSAN_OPTIONS="print_stacktrace=1"
# The durability tests fork processes that have threads, and go on in them.
export TSAN_OPTIONS="halt_on_error=1:die_after_fork=0"

for preset in ${1:-asan tsan}; do
  cmake --preset "$preset"
  case "$preset" in
    asan)
      cmake --build --preset asan -j "$(nproc)"
      (cd build/asan && ctest --output-on-failure -LE 'e2e|lint|chaos' -j "$(nproc)")
      ;;
    tsan)
      threaded=(runtime_test transfer_test broker_sqlite_test node_test conformance_test model_test)
      cmake --build --preset tsan -j "$(nproc)" --target "${threaded[@]}"
      # Fewer random histories than usual: each takes ten times as long here.
      for suite in "${threaded[@]}"; do DOCMILL_MODEL_HISTORIES=100 "build/tsan/$suite" --gtest_brief=1; done
      ;;
  esac
done
