#!/usr/bin/env bash
# Runs every fuzz target for some seconds, JOBS of them side by side (default 1), from its seeds in fuzz/corpus and
# tests/regress and with its words in fuzz/dict. New inputs, inputs that fail and logs go into FOLDER/found. Ends with a
# table: how many inputs were run, edges covered, inputs kept, inputs that failed.
#
# Usage: [JOBS=N] tools/fuzz.sh FOLDER SECONDS [TARGET...]      FOLDER: where fuzz_* were built, build/fuzz/fuzz
set -euo pipefail

if [[ $# -lt 2 ]]; then
  echo 'usage: [JOBS=N] tools/fuzz.sh FOLDER SECONDS [TARGET...]' >&2
  exit 2
fi
folder=$(realpath "$1")
seconds=$2
targets=("${@:3}")
tree=$(realpath "$(dirname "$0")/..")
found=$folder/found
export LSAN_OPTIONS=suppressions=$tree/tools/lsan.supp:print_suppressions=0

fuzz_one() {
  local target=$1 options=() seeds=()
  [[ -f $tree/fuzz/dict/$target.dict ]] && options+=("-dict=$tree/fuzz/dict/$target.dict")
  for seed in "$tree"/{fuzz/corpus,tests/regress}/"$target"; do
    [[ -d $seed ]] && seeds+=("$seed")
  done
  mkdir -p "$found/$target"
  "$folder/fuzz_$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=4096 -print_final_stats=1 \
    -artifact_prefix="$found/$target-" "${options[@]}" "$found/$target" "${seeds[@]}" > "$found/$target.log" 2>&1
}

# The last line that tells coverage: "#4096 pulse  cov: 812 ft: 1510 corp: 200/31Kb ...".
row_of() {
  local target=$1 log=$found/$1.log runs covered kept findings
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -n 1)
  covered=$(grep -o 'cov: [0-9]*' "$log" | tail -n 1 | cut -d' ' -f2 || true)
  kept=$(grep -o 'corp: [0-9]*' "$log" | tail -n 1 | cut -d' ' -f2 || true)
  findings=$(find "$found" -maxdepth 1 -name "$target-*" -newer "$found/begin" | wc -l)
  printf '%-16s %12s %10s %10s %10s\n' "$target" "${runs:-?}" "${covered:-?}" "${kept:-?}" "$findings"
}

if [[ ${#targets[@]} -eq 0 ]]; then
  for program in "$folder"/fuzz_*; do
    [[ -f $program && -x $program ]] && targets+=("${program##*/fuzz_}")
  done
fi
if [[ ${#targets[@]} -eq 0 ]]; then
  echo "fuzz: there is no fuzz_* in $folder; make fuzz builds them" >&2
  exit 1
fi
mkdir -p "$found"
touch "$found/begin"
failed=()
running=()
for target in "${targets[@]}"; do
  while [[ $(jobs -rp | wc -l) -ge ${JOBS:-1} ]]; do wait -n || true; done
  echo "fuzz: $target, $seconds s" >&2
  fuzz_one "$target" &
  running+=("$!")
done
for i in "${!targets[@]}"; do
  wait "${running[$i]}" || failed+=("${targets[$i]}")
done
printf '%-16s %12s %10s %10s %10s\n' target runs coverage corpus findings
for target in "${targets[@]}"; do row_of "$target"; done
if [[ ${#failed[@]} -gt 0 ]]; then
  echo "fuzz: ${failed[*]} failed; inputs and logs lie in $found" >&2
  exit 1
fi
