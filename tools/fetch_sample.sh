#!/usr/bin/env bash
# Fetches free photographs out of Debian's python3-skimage package file, without installing it.
#
# Usage: tools/fetch_sample.sh FOLDER [NAME]...    (default coffee.png; also chelsea.png, both CC0; astronaut.png and
#                                                  rocket.jpg, public domain). Prints the paths of the photographs.
set -euo pipefail

package=python3-skimage
inside=usr/lib/python3/dist-packages/skimage/data

if [[ $# -lt 1 ]]; then
  echo "fetch_sample: name the folder the photographs are to be put into" >&2
  exit 2
fi
mkdir -p "$1"
folder=$(cd "$1" && pwd)
shift
[[ $# -gt 0 ]] || set -- coffee.png

download() {
  (cd "$1" && apt-get -qq -o Acquire::Retries=3 download "$package" 2> "$1/apt.log")
}

missing=0
for name in "$@"; do [[ -s $folder/$name ]] || missing=1; done
if [[ $missing -eq 1 ]]; then
  work=$(mktemp -d "$folder/.fetch.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  echo "fetch_sample: downloading $package (20 MB) for ${*}" >&2
  if ! download "$work"; then  # the package lists may be missing or out of date
    as_root=()
    if [[ $(id -u) -ne 0 ]]; then as_root=(sudo -n); fi
    "${as_root[@]}" apt-get -qq update < /dev/null >&2 || true
    if ! download "$work"; then
      cat "$work/apt.log" >&2
      echo "fetch_sample: $package cannot be downloaded; give a photograph of your own: make demo PHOTO=path" >&2
      exit 1
    fi
  fi
  dpkg-deb -x "$work"/*.deb "$work/tree"
  for name in "$@"; do
    if ! cp "$work/tree/$inside/$name" "$work/$name" 2> /dev/null; then
      echo "fetch_sample: $package holds no '$name'; it holds:" >&2
      find "$work/tree/$inside" -maxdepth 1 \( -name '*.png' -o -name '*.jpg' \) -printf '%f ' >&2
      echo >&2
      exit 1
    fi
    mv "$work/$name" "$folder/$name"
  done
fi
for name in "$@"; do echo "$folder/$name"; done
