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
mapfile -t sources < <(git ls-files 'src/*.cpp' | grep -v _test.cpp)
printf '%s\n' "${sources[@]}" | xargs -P "$(nproc)" -n 4 "$tidy" -p build/tidy --quiet
