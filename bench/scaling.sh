#!/bin/bash
# What several processes gain over one: images a second of genga-train on this machine's cores, and the efficiency
# against one process with one thread.
# Usage: bench/scaling.sh BUILD_FOLDER PHOTOS STYLE   (STEPS=20 are timed, MASTER_PORT=29555)
set -euo pipefail

build=${1:?usage: bench/scaling.sh BUILD_FOLDER PHOTOS STYLE}
photos=${2:?usage: bench/scaling.sh BUILD_FOLDER PHOTOS STYLE}
style=${3:?usage: bench/scaling.sh BUILD_FOLDER PHOTOS STYLE}
steps=${STEPS:-20}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# measure PROCESSES THREADS: prints images a second
measure() {
  local run="$folder/$1x$2" rank
  for ((rank = 0; rank < $1; rank++)); do
    RANK=$rank WORLD_SIZE=$1 LOCAL_RANK=$rank MASTER_ADDR=127.0.0.1 MASTER_PORT=${MASTER_PORT:-29555} \
      "$build/genga-train" run --photos "$photos" --style "$style" -o "$run" --method genga --batch 8 --warmup 0 \
      --steps "$steps" --threads "$2" --log-every 1 --preview-minutes 0 --preview-images 1 --preview-px 64 --device cpu -q &
  done
  wait
  # The trainer's own smoothed speed at the last step.
  grep '"event":"step"' "$run/log.jsonl" | tail -n 1 | sed 's/.*"images_per_second": *\([0-9.]*\).*/\1/'
}

one=$(measure 1 1)
echo "1 process  x 1 thread:  $one images/s"
for shape in "1 2" "2 1"; do
  read -r processes threads <<<"$shape"
  speed=$(measure "$processes" "$threads")
  echo "$processes process(es) x $threads thread(s): $speed images/s, efficiency" \
       "$(awk "BEGIN { printf \"%.2f\", $speed / $one / ($processes * $threads) }")"
done
