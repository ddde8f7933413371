#!/usr/bin/env bash
# Removes the files that `make install` wrote last, folders named genga that are empty then, and at the end the manifest: what
# is there later is not ours. For a staged install DESTDIR must be given again.
#
# Usage: tools/uninstall.sh MANIFEST      MANIFEST: build/release/install_manifest.txt
set -euo pipefail

if [[ $# -ne 1 ]]; then
  echo 'usage: tools/uninstall.sh MANIFEST' >&2
  exit 2
fi
if [[ ! -f $1 ]]; then
  echo "uninstall: there is no $1: make install was not run in this tree, or make clean removed what it wrote down" >&2
  exit 1
fi
removed=0
while IFS= read -r file || [[ -n $file ]]; do
  file=${DESTDIR:-}$file
  if [[ -e $file || -L $file ]]; then
    rm -- "$file"
    removed=$((removed + 1))
  fi
  folder=$(dirname -- "$file")
  # Only folders that are Genga's own: /usr/local/bin stays, be it empty.
  if [[ ${folder##*/} == genga ]]; then rmdir -- "$folder" 2> /dev/null || true; fi
done < "$1"
rm -- "$1"
echo "uninstall: $removed files removed"
