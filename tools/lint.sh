#!/usr/bin/env bash
# Formatting and clang-tidy over our own code. usage: tools/lint.sh [--fix]
set -euo pipefail
cd "$(dirname "$0")/.."

format=$(command -v clang-format-19 || command -v clang-format || true)
tidy=$(command -v clang-tidy-19 || command -v clang-tidy || true)
if [ -z "$format" ] || [ -z "$tidy" ]; then
  echo "lint: needs clang-format and clang-tidy (Debian: apt-get install clang-format-19 clang-tidy-19)" >&2
  exit 2
fi

mapfile -t files < <(git ls-files '*.cpp' '*.hpp')
if [ "${1:-}" = --fix ]; then
  "$format" -i "${files[@]}"
else
  "$format" --dry-run --Werror "${files[@]}"
fi

# clang reads the compile commands of a build without GCC's precompiled headers.
cmake -S . -B build/tidy -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON >/dev/null

# Findings in our own files count. An error inside a header of the system is clang's own trouble with it: qpdf's JSON.hh
# and the vector of GCC 12 in C++20.
check() {
  local findings
  findings=$("$1" -p build/tidy --quiet "${@:2}" 2>&1) || true
  if grep -qE "^($PWD/)?src/[^:]*:[0-9]+:[0-9]+: (warning|error)|^error: |Stack dump" <<<"$findings"; then
    printf '%s\n' "$findings"
    return 1
  fi
}
export -f check
mapfile -t sources < <(git ls-files 'src/*.cpp' | grep -v _test.cpp)
printf '%s\n' "${sources[@]}" | xargs -P "$(nproc)" -n 2 bash -c 'check "$@"' check "$tidy"
