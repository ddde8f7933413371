#!/usr/bin/env bash
# Unpacks a portable archive into a folder, links to it from PATH, uses it, and sees that no library but glibc's comes from the system.
#
# Usage: sudo tools/in_debian.sh --with build/package trixie 'tools/try_portable.sh ../with/genga-*.tar.xz'
set -euo pipefail

[[ $# -eq 1 && -f $1 ]] || { echo 'usage: tools/try_portable.sh ARCHIVE' >&2; exit 2; }
archive=$(realpath "$1")
cd "$(dirname "$0")/.."
photo=$PWD/docs/styles/images/coffee.jpg
work=$(mktemp -d)
cd "$work"
command -v xz > /dev/null || { echo 'try_portable: xz is missing; apt-get install xz-utils' >&2; exit 1; }
tar -xf "$archive"
home=$(echo "$work"/genga-*)
mkdir bin
ln -s "$home/bin/genga" bin/genga
PATH=$work/bin:$PATH

step() { printf '\n$ %s\n' "$*" && "$@"; }
step genga --version
for format in png jpg webp avif heic jxl tiff gif; do step genga stylize "$photo" -o "anime.$format" --size 320; done
step genga stylize anime.heic -o again.png
step genga sample -s 1-2 --interpolate 4 -o faces.mp4
step genga models

# Which files the loader really opened, the module for videos and those of libvips among them.
for words in "stylize $photo -o again.avif" "stylize $photo -o again.jxl" 'sample -s 1-2 --interpolate 2 -o again.mp4'; do
  # shellcheck disable=SC2086
  LD_DEBUG=files genga $words 2>&1 | sed -n 's/.*calling init: //p'
done | sort -u | grep -v "^$home/" > outside.txt || true
echo
echo 'libraries of the system:'
cat outside.txt
if grep -vE '/(ld-linux.*|libc|libm|libdl|libpthread|librt|libresolv|libmvec|libutil|libanl)\.so' outside.txt; then
  echo 'try_portable: these libraries are not in the archive' >&2
  exit 1
fi
echo "try_portable: all is well on $(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release); images in $work"
