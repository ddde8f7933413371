#!/usr/bin/env bash
# Runs every fuzz target for some seconds, from its corpus in fuzz/corpus; new inputs and crashes go into FOLDER.
#
# Usage: tools/fuzz.sh FOLDER SECONDS      FOLDER: where fuzz_* were built, for instance build/fuzz/fuzz
set -euo pipefail

if [[ $# -ne 2 ]]; then
  echo 'usage: tools/fuzz.sh FOLDER SECONDS' >&2
  exit 2
fi
folder=$(realpath "$1")
corpus=$(realpath "$(dirname "$0")/../fuzz/corpus")
found=0
failed=()
for program in "$folder"/fuzz_*; do
  [[ -x $program && -f $program ]] || continue
  found=1
  target=${program##*/fuzz_}
  mkdir -p "$folder/found/$target"
  echo "fuzz: $target, $2 s" >&2
  "$program" -max_total_time="$2" -timeout=10 -rss_limit_mb=4096 -artifact_prefix="$folder/found/$target-" \
    "$folder/found/$target" "$corpus/$target" || failed+=("$target")
done
if [[ $found -eq 0 ]]; then
  echo "fuzz: there is no fuzz_* in $folder; make fuzz builds them" >&2
  exit 1
fi
if [[ ${#failed[@]} -gt 0 ]]; then
  echo "fuzz: ${failed[*]} failed; the inputs lie in $folder/found" >&2
  exit 1
fi
