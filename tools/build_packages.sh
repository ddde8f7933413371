#!/usr/bin/env bash
# Builds in build/package what tools/package.sh and tools/portable.sh pack. To be sourced by them, since it also sets the
# date, the locale and the umask that give the same bytes wherever the tree lies.
#
# Usage: . tools/build_packages.sh [JOBS]
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

export LC_ALL=C
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2> /dev/null || stat -c %Y CHANGELOG.md)}
export SOURCE_DATE_EPOCH
echo "dated $(date -u -d "@$SOURCE_DATE_EPOCH" '+%F %T UTC') (SOURCE_DATE_EPOCH, else the commit, else CHANGELOG.md)" >&2
umask 022
cmake --preset package
cmake --build --preset package --parallel "${1:-$(nproc)}"
