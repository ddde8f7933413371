#!/bin/bash
# Proves that memory stays flat: a 20,000 x 20,000 JPEG to JPEG within 1.5 GiB resident.
# Usage: bench/memory_20k.sh BUILD_FOLDER [options of genga stylize, e.g. -m model.safetensors]
# SIDE=8000 makes the picture smaller; the limit stays. Needs /usr/bin/time (Debian: time) and some 500 MB in TMPDIR.
set -euo pipefail

readonly limit_kib=$((1536 * 1024))
side=${SIDE:-20000}
build=${1:?usage: bench/memory_20k.sh BUILD_FOLDER [options of genga stylize]}
shift

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

echo "making a $side x $side JPEG" >&2
"$build/bench/make_photo" "$side" "$side" "$folder/photo.jpg"

# MALLOC_* is left alone: this is the program as users run it.
/usr/bin/time -v -o "$folder/time.txt" "$build/genga" stylize -i "$folder/photo.jpg" -o "$folder/anime.jpg" "$@"
peak_kib=$(sed -n 's/.*Maximum resident set size (kbytes): //p' "$folder/time.txt")
elapsed=$(sed -n 's/.*Elapsed (wall clock) time.*): //p' "$folder/time.txt")
echo "$side x $side: peak resident $((peak_kib / 1024)) MiB, limit $((limit_kib / 1024)) MiB, $elapsed elapsed," \
     "photo $(du -m "$folder/photo.jpg" | cut -f1) MB, result $(du -m "$folder/anime.jpg" | cut -f1) MB"
if ((peak_kib > limit_kib)); then
  echo "memory_20k: over the limit" >&2
  exit 1
fi
