#!/usr/bin/env bash
# Makes Genga's Debian packages for this Debian in build/package, checks them with lintian and prints their sizes.
# The same commit and the same versions of what Debian builds with give the same bytes, wherever the tree lies.
#
# Usage: tools/package.sh [JOBS]
set -euo pipefail
# shellcheck source=tools/build_packages.sh
. "$(dirname "$0")/build_packages.sh" "${1:-$(nproc)}"
rm -f build/package/*.deb
(cd build/package && cpack)
# Not an archive's packages: no bug of Debian's is closed by them.
lintian --fail-on error --suppress-tags initial-upload-closes-no-bugs build/package/*.deb
echo
for file in build/package/*.deb; do
  printf '%-50s %6d KiB packed, %6s KiB installed\n' "$file" "$(($(stat -c %s "$file") / 1024))" \
    "$(dpkg-deb -f "$file" Installed-Size)"
done
echo 'install them with: apt install ./build/package/genga_*.deb'
