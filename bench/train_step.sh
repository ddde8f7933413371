#!/bin/bash
# One training step of genga against the same step in PyTorch, in turn (A B A B), medians and their ratio.
# Usage: bench/train_step.sh BUILD_FOLDER [--batch 4] [--crop 128] [--width 32] [--discriminator-width 16] [--threads 1]
# ROUNDS=4 pairs of STEPS=8 steps each; PYTHON=/usr/bin/python3 must find torch (Debian: python3-torch).
set -euo pipefail

build=${1:?usage: bench/train_step.sh BUILD_FOLDER [options of bench/train_step.py]}
shift
here=$(dirname "$(readlink -f "$0")")
rounds=${ROUNDS:-4}
steps=${STEPS:-8}
python=${PYTHON:-/usr/bin/python3}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'; }

for ((round = 1; round <= rounds; round++)); do
  "$build/bench/train_step_bench" --steps "$steps" "$@" >"$folder/ours.$round"
  "$python" "$here/train_step.py" --steps "$steps" "$@" >"$folder/torch.$round"
  echo "round $round: genga $(median "$folder/ours.$round") s, PyTorch $(median "$folder/torch.$round") s" >&2
done
cat "$folder"/ours.* >"$folder/ours"
cat "$folder"/torch.* >"$folder/torch"
ours=$(median "$folder/ours")
torch=$(median "$folder/torch")
echo "genga $ours s a step, PyTorch $torch s a step, ratio $(awk "BEGIN { printf \"%.3f\", $ours / $torch }")"
