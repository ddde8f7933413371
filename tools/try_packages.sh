#!/usr/bin/env bash
# Installs the packages of FOLDER on this system as a user would, uses them, and removes them again. For a fresh system:
#
# Usage: sudo tools/in_debian.sh --with build/package trixie 'tools/try_packages.sh ../with'
set -euo pipefail

[[ $# -eq 1 ]] || { echo 'usage: tools/try_packages.sh FOLDER' >&2; exit 2; }
folder=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
photo=$PWD/docs/styles/images/coffee.jpg
work=$(mktemp -d)
cd "$work"

step() { printf '\n$ %s\n' "$*" && "$@"; }
# apt's many lines are of interest when it fails.
quiet() {
  printf '\n$ %s\n' "$*"
  "$@" > apt.log 2>&1 || { tail -n 20 apt.log >&2; exit 1; }
}
n_new() { apt-get -s "$@" | grep -c '^Inst' || true; }

export DEBIAN_FRONTEND=noninteractive
apt-get -q -q -o Acquire::Retries=3 update
before=$(find /usr -name '*genga*' | wc -l)
printf 'apt install genga brings %d packages, %d without recommended ones; with genga-data and genga-train %d\n' \
  "$(n_new install "$folder"/genga_*.deb)" "$(n_new install --no-install-recommends "$folder"/genga_*.deb)" \
  "$(n_new install "$folder"/genga_*.deb "$folder"/genga-data_*.deb "$folder"/genga-train_*.deb)"
quiet apt-get install -y "$folder"/genga_*.deb
step genga --version
for format in png jpg webp avif heic jxl tiff; do step genga stylize "$photo" -o "anime.$format" --size 320; done
step genga inspect anime.avif
step genga sample -s 1-2 --interpolate 4 -o faces.mp4
if genga train --help 2> refused.txt; then exit 1; fi
grep "install Genga's package genga-train" refused.txt

quiet apt-get install -y "$folder"/{genga-data,genga-train,libgenga-torch}_*.deb
mkdir photos && cp "$photo" photos/
step genga data manifest photos
step genga data stats photos
step genga train methods
step genga stylize "$photo" -o torch.png --size 320 --device cpu-torch
for page in genga genga-data genga-train; do zcat "/usr/share/man/man1/$page.1.gz" | grep -c '^.TH' > /dev/null; done
test -s /usr/share/bash-completion/completions/genga
for package in genga genga-data genga-train libgenga-torch; do
  test -s "/usr/share/doc/$package/copyright"
done
quiet apt-get purge -y genga
after=$(find /usr -name '*genga*' | wc -l)
[[ $before -eq $after ]] || { echo "left behind:"; find /usr -name '*genga*'; exit 1; }
echo
echo "try_packages: all is well on $(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release); images in $work"
