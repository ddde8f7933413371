#!/usr/bin/env bash
# Fails if a C++ file is not laid out as .clang-format says. The version is fixed, since versions differ in details: 19 is
# packaged for Debian 12 and 13 and for Ubuntu 24.04.
#
# Usage: tools/check_format.sh [--fix] [FILE]...       (default: all C++ files; --fix writes them)
set -euo pipefail

version=19
arguments=(--dry-run -Werror)
case "${1:-}" in
  -h | --help) sed -n '2,5s/^# \?//p' "$0"; exit 0 ;;
  --fix) arguments=(-i); shift ;;
  -*) echo "check_format: unknown option '$1', expected --fix" >&2; exit 2 ;;
esac
if ! command -v "clang-format-$version" > /dev/null; then
  echo "check_format: clang-format-$version is missing; apt-get install clang-format-$version" >&2
  exit 1
fi

files() {
  if [[ $# -gt 0 ]]; then
    realpath -z -- "$@"
  else
    find "$tree"/{src,include,tests,fuzz,bench} \( -name '*.cpp' -o -name '*.h' \) -print0
  fi
}

tree=$(cd "$(dirname "$0")/.." && pwd)
status=0
said=$(files "$@" | xargs -0 -r -n 50 -P "$(nproc)" "clang-format-$version" --style=file "${arguments[@]}" 2>&1) || status=$?
if [[ $status -ne 0 ]]; then
  # Of each file the first line that is wrong; what else clang-format said as it is, if that was all.
  lines=$(grep -E '^[^ ]+:[0-9]+:[0-9]+: (error|warning):' <<< "$said" | awk -F: '!seen[$1]++ { print $1 ":" $2 }' || true)
  echo "${lines:-$said}" >&2
  echo 'check_format: these are not laid out as .clang-format says; tools/check_format.sh --fix lays them out' >&2
  exit 1
fi
