#!/usr/bin/env bash
# Stylises one photograph with the embedded style and writes a before/after sheet.
#
# Usage: tools/demo.sh GENGA FOLDER [PHOTO]    (without PHOTO a free one is fetched)
set -euo pipefail

if [[ $# -lt 2 ]]; then
  echo "usage: tools/demo.sh GENGA FOLDER [PHOTO]" >&2
  exit 2
fi
genga=$1
folder=$2
mkdir -p "$folder"
photo=${3:-}
[[ -n $photo ]] || photo=$("$(dirname "$0")/fetch_sample.sh" "$folder" coffee.png)
name=$(basename "$photo")
name=${name%.*}

"$genga" stylize -i "$photo" -o "$folder/$name-anime.png" --compare "$folder/$name-before-after.png" --overwrite
cat << TEXT

photograph    $(realpath "$photo")
anime         $(realpath "$folder/$name-anime.png")
before/after  $(realpath "$folder/$name-before-after.png")
TEXT
