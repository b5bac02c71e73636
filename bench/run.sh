#!/usr/bin/env bash
# Builds with benchmarks and measures docmill beside the tools that people use today; see bench/README.md.
# usage: bench/run.sh [SECTION…]     sections: pages text split queue peers nodes nlp idle     default: all
set -euo pipefail
cd "$(dirname "$0")/.."
cmake --preset bench >/dev/null
cmake --build --preset bench -j "$(nproc)"
exec python3 bench/run.py --build build/bench "$@"
