#!/usr/bin/env bash
# Installs the Debian packages that building Genga takes (tools/packages.txt). Does nothing, silently, if all are there.
#
# Usage: tools/install_deps.sh [--infer-only | --no-train | --lint | --package]
#
#   --infer-only   what genga alone takes: no libtorch, no OpenCV, no tests
#   --no-train     all but what genga-train takes: no libtorch
#   --lint         what `make lint` takes, alone: clang-format, codespell, shellcheck
#   --package      what `make package` and `make portable` take
set -euo pipefail

sections='infer data train test'
case "${1:-}" in
  '') ;;
  --infer-only) sections='infer' ;;
  --no-train) sections='infer data test' ;;
  --lint) sections='lint' ;;
  --package) sections='infer data train package' ;;
  -h | --help) sed -n '2,9s/^# \?//p' "$0"; exit 0 ;;
  *) echo "install_deps: unknown option '$1', expected --infer-only, --no-train, --lint or --package" >&2; exit 2 ;;
esac

if ! command -v dpkg-query > /dev/null || ! command -v apt-get > /dev/null; then
  echo "install_deps: this is no Debian system; install these packages' contents by your own means:" >&2
  sed -e '/^[#[]/d' -e 's/ .*//' "$(dirname "$0")/packages.txt" | tr '\n' ' ' >&2
  echo >&2
  exit 1
fi

# A line may end in ">=N": only from that Debian on (Ubuntu counts its own, higher numbers; testing has none).
# shellcheck source=/dev/null
release=$(. /etc/os-release && echo "${VERSION_ID:-99}")
wanted=()
section=''
while read -r line; do
  case "$line" in
    '' | '#'*) ;;
    '['*']') section=${line:1:-1} ;;
    *)
      if [[ " $sections " == *" $section "* && ( $line != *'>='* || ${release%%.*} -ge ${line##*>=} ) ]]; then
        wanted+=("${line%% *}")
      fi
      ;;
  esac
done < "$(dirname "$0")/packages.txt"

installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "${wanted[@]}" 2> /dev/null || true)
missing=()
for package in "${wanted[@]}"; do
  grep -qxF "$package installed" <<< "$installed" || missing+=("$package")
done
[[ ${#missing[@]} -eq 0 ]] && exit 0

as_root=()
if [[ $(id -u) -ne 0 ]]; then
  if ! command -v sudo > /dev/null; then
    echo "install_deps: these packages are missing, and only root may install them (there is no sudo): ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

echo "install_deps: installing ${missing[*]}" >&2
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Use-Pty=0 -o Acquire::Retries=3)
"${apt[@]}" update < /dev/null
"${apt[@]}" install -y --no-install-recommends "${missing[@]}" < /dev/null
