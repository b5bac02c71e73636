#!/usr/bin/env bash
# Installs what docmill is built with, from Debian's (or Ubuntu's) own packages. Repeating it costs a moment.
# usage: tools/setup.sh [bench|test]
#   bench: also the peers that `make bench` measures against
#   test: also other programs' readers and writers of documents, and from PyPI, in virtual environments below
#         ~/.cache/docmill, an S3 server that some tests store to and checkers of ALTO, hOCR and OpenAPI. Where one of these
#         cannot be had its tests are skipped.
set -euo pipefail

packages=(
  build-essential cmake ninja-build pkg-config ccache mold git
  libssl-dev libsqlite3-dev libspdlog-dev libfmt-dev libcli11-dev libtomlplusplus-dev libexpected-dev
  libcurl4-openssl-dev libhiredis-dev redis-server
  libtesseract-dev libleptonica-dev libjpeg-dev libtiff-dev libpoppler-cpp-dev libqpdf-dev liblcms2-dev libmagic-dev
  libicu-dev libcld2-dev libstemmer-dev libre2-dev libzxing-dev libfasttext-dev fasttext
  libarchive-dev libzstd-dev libpugixml-dev libxml2-dev libgmime-3.0-dev libuchardet-dev libmd4c-dev
  tesseract-ocr tesseract-ocr-eng tesseract-ocr-deu tesseract-ocr-osd fonts-dejavu-core fonts-liberation
  libgtest-dev libgmock-dev faketime qpdf python3 python3-pytest python3-jsonschema python3-pil
)
if [ "${1:-}" = bench ]; then
  packages+=(libbenchmark-dev ocrmypdf parallel poppler-utils img2pdf time ruby-sidekiq ruby-hiredis python3-venv)
  command -v npm >/dev/null || packages+=(nodejs npm)
elif [ "${1:-}" = test ]; then
  packages+=(python3-venv curl ghostscript poppler-utils mupdf-tools fonts-droid-fallback
    tesseract-ocr-ara tesseract-ocr-chi-sim tesseract-ocr-heb tesseract-ocr-rus)
fi

# Boost with Asio coroutines: Debian 12 has 1.81 beside its default 1.74, later releases have it by default.
boost() {
  if apt-cache show libboost1.81-dev >/dev/null 2>&1; then
    echo libboost1.81-dev libboost-json1.81-dev
  else
    echo libboost-dev libboost-json-dev
  fi
}

missing() {
  local package
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || echo "$package"
  done
}

# Made once; the last step marks it as whole. venv NAME WHAT PACKAGE...
venv() {
  local directory="${XDG_CACHE_HOME:-$HOME/.cache}/docmill/$1" what="$2"
  shift 2
  [ ! -e "$directory/whole" ] || return 0
  echo "setup: installing $what for tests into $directory"
  rm -rf "$directory"
  if python3 -m venv "$directory" && "$directory/bin/pip" install -q "$@"; then
    touch "$directory/whole"
  else
    echo "setup: $what cannot be had; the tests that need it are skipped" >&2
  fi
}

# The peers that Debian has not, or only years old, in versions that were compared: build/peers.
install_peers() {
  local at
  at="$(cd "$(dirname "$0")/.." && pwd)/build/peers"
  [ ! -e "$at/complete" ] || return 0
  mkdir -p "$at"
  npm install --silent --no-fund --no-audit --prefix "$at" bullmq@6.7.0 ioredis@6.0.0
  /usr/bin/python3 -m venv "$at/venv"
  "$at/venv/bin/pip" install --quiet 'celery[redis]==5.7.0' rq==3.0.0 redis==8.1.0 hiredis==3.5.0 packaging
  touch "$at/complete"
}

if ! command -v apt-get >/dev/null; then
  echo "setup: no apt-get here. Install these by hand, then run cmake --preset release: ${packages[*]} boost>=1.81" >&2
  exit 0
fi

as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo)
# dpkg-query also fails where only one of the two is known: what it prints counts.
if ! grep -q 'install ok installed' <<<"$(dpkg-query -W -f '${Status}' libboost1.81-dev libboost-dev 2>/dev/null)"; then
  needed=boost
fi
mapfile -t wanted < <(missing "${packages[@]}")
if [ "${#wanted[@]}" != 0 ] || [ -n "${needed:-}" ]; then
  echo "setup: installing ${wanted[*]:-} ${needed:-}"
  "${as_root[@]}" apt-get update -qq
  mapfile -t -d ' ' boost_packages < <(boost | tr -d '\n')
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    "${wanted[@]}" "${boost_packages[@]}" >/dev/null
fi
if [ "${1:-}" = test ]; then
  venv s3-server 'an S3 server' 'moto[s3]==5.2.5' 'flask<4' 'flask-cors<7'
  venv format-checkers 'checkers of ALTO and hOCR' htrvx==0.0.19 hocr-spec==0.2.0 'lxml<7'
  venv openapi-checker 'a checker of OpenAPI' openapi-spec-validator==0.9.0
elif [ "${1:-}" = bench ]; then
  install_peers
fi
