#!/usr/bin/env bash
# Packs genga and every library that it needs into build/package/genga-VERSION-linux-ARCH.tar.xz, which runs wherever glibc is
# not older than that of the system that it is made on (Debian 12: 2.36), with nothing installed.
#
# Usage: tools/portable.sh [JOBS]
#
# Not in it: libvips' modules for PDF, slides and ImageMagick's formats, which Genga never opens.
set -euo pipefail
if compgen -G '/usr/lib/*/libheif/plugins' > /dev/null; then
  echo 'portable: this libheif looks for its codecs in a fixed folder; make the archive on Debian 12' >&2
  exit 1
fi
# shellcheck source=tools/build_packages.sh
. "$(dirname "$0")/build_packages.sh" "${1:-$(nproc)}"
version=$(build/package/genga --version | sed -n '1s/^genga \([0-9.]*\).*/\1/p')
name=genga-$version-linux-$(uname -m)
stage=build/package/portable/$name
rm -rf build/package/portable
cmake --install build/package --component genga --strip --prefix "$stage" > /dev/null
lib=$stage/lib/genga
[[ -f $lib/libgenga_video.so ]] || { echo "portable: $lib holds no libgenga_video.so" >&2; exit 1; }

# ---- libraries: all but glibc's own ----

libraries_of() { ldd "$@" | awk '/=> \//{print $3}' | sort -u; }
# With a merged /usr dpkg may know the file below /lib or /usr/lib, and by the name that the link leads to.
package_of() {
  dpkg-query -S "$1" "${1#/usr}" "/usr$1" "$(readlink -f "$1")" 2> /dev/null | sed -n '1s/:.*//p' || true
}
vips=$(libraries_of "$stage/bin/genga" | grep '/libvips\.so')
modules=("$(dirname "$vips")"/vips-modules-*)
mkdir "$lib/$(basename "${modules[0]}")"
opened=("$stage/bin/genga" "$lib/libgenga_video.so")
for module in heif jxl; do
  file=${modules[0]}/vips-$module.so
  if [[ -f $file ]]; then
    cp -L "$file" "$lib/$(basename "${modules[0]}")/"
    opened+=("$file")
  fi
done
mapfile -t libraries < <(libraries_of "${opened[@]}")
glibc=$(package_of "$(libraries_of "$stage/bin/genga" | grep '/libc\.so')")
declare -A packages=()
for file in "${libraries[@]}"; do
  package=$(package_of "$file")
  [[ -n $package ]] || { echo "portable: no package holds $file, so its licence is not known" >&2; exit 1; }
  [[ $package == "$glibc" ]] && continue
  cp -L "$file" "$lib/"
  packages[$package]=1
done
# DT_RPATH, not RUNPATH: it counts for the libraries' own libraries too.
patchelf --force-rpath --set-rpath "\$ORIGIN/../lib/genga" "$stage/bin/genga"
find "$lib" -name '*.so*' -print0 | while IFS= read -r -d '' file; do
  if [[ -n $(patchelf --print-rpath "$file") ]]; then patchelf --remove-rpath "$file"; fi
done

# ---- what the licences ask for ----

mkdir "$stage/licences"
cp LICENSE "$stage/"
cp packaging/copyright "$stage/licences/genga"
cp -r -L /usr/share/common-licenses "$stage/licences/texts"
for package in "${!packages[@]}"; do
  cp -L "/usr/share/doc/$package/copyright" "$stage/licences/$package"
  dpkg-query -W -f "\${Package} \${Version} \${source:Package} \${source:Version}\n" "$package"
done | sort -u > "$stage/licences/sources.txt"
sed "s/@GLIBC@/$(ldd --version | sed -n '1s/.* //p')/; s/@N@/${#packages[@]}/" packaging/portable.txt > "$stage/README.txt"

tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" -C build/package/portable -cf - "$name" \
  | xz -T1 -6 > "build/package/$name.tar.xz"
rm -rf build/package/portable
printf 'build/package/%s.tar.xz: %d KiB, with the libraries of %d Debian packages\n' "$name" \
  "$(($(stat -c %s "build/package/$name.tar.xz") / 1024))" "${#packages[@]}"
