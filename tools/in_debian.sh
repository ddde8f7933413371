#!/usr/bin/env bash
# Runs a command on a copy of this tree in a fresh Debian system (the smallest there is, and make) that is made from
# Debian's packages and gone afterwards.
#
# Usage: tools/in_debian.sh [--keep] [--folder DIR] [--with DIR] bookworm|trixie COMMAND        (as root)
#        tools/in_debian.sh trixie 'make test'
#
#   --keep        leave the system there and say where it is; a later run with the same --folder uses it again
#   --folder DIR  where the system lies while it is needed (default: a new folder under ${TMPDIR:-/var/tmp})
#   --with DIR    the files in DIR, but not its folders, lie in /root/with
#
# The copy is what git tracks or would track, never build/. It lies in /root/genga, where the command runs under
# `bash -c`; the exit status is the command's. Nothing of the machine is mounted, and of the environment only the
# proxy variables and the date of the commit (SOURCE_DATE_EPOCH) are handed on. Mounts and processes live in namespaces of their own and end with the command.
set -euo pipefail
umask 022

fail() {
  echo "in_debian: $1" >&2
  exit "${2:-1}"
}

# ---- inside the namespaces: process 1 ----

make_system() {
  local root=$1 release=$2 mirror
  echo "in_debian: making Debian $release in $root" >&2
  if ! debootstrap --variant=minbase --include=make --force-check-gpg "$release" "$root" > "$root.log" 2>&1 < /dev/null; then
    tail -n 15 "$root.log" >&2
    fail "debootstrap could not make Debian $release; its last lines are above"
  fi
  rm -f "$root.log"
  # The suites with updates stand beside the one that debootstrap took.
  mirror=$(awk '$1 == "deb" { print $2; exit }' "$root/etc/apt/sources.list")
  mirror=${mirror%/}
  {
    echo "deb $mirror $release main"
    echo "deb $mirror $release-updates main"
    if [[ $mirror == */debian ]]; then echo "deb $mirror-security $release-security main"; fi
  } > "$root/etc/apt/sources.list"
  printf '127.0.0.1 localhost debian\n::1 localhost\n' > "$root/etc/hosts"
  echo debian > "$root/etc/hostname"
  echo "$release" > "$root/etc/in_debian"
}

# Files of the last copy that are no longer there are removed; what the command made there stays.
copy_tree() {
  local tree=$1 copy=$2/root/genga list=$2/root/.genga_files
  mkdir -p "$copy"
  git -C "$tree" ls-files -z -co --exclude-standard | (cd "$tree" && while IFS= read -r -d '' file; do
    if [[ -e $file || -L $file ]]; then printf '%s\0' "$file"; fi
  done) | LC_ALL=C sort -zu > "$list.new"
  if [[ -f $list ]]; then
    LC_ALL=C comm -z -23 "$list" "$list.new" | (cd "$copy" && xargs -0 -r rm -f --)
  fi
  tar -C "$tree" --null --no-recursion -T "$list.new" -cf - | tar -C "$copy" --no-same-owner -xf -
  mv "$list.new" "$list"
}

inside() {
  local tree=$1 root=$2 release=$3 command=$4 added=$5 name passed=()
  [[ -f $root/etc/in_debian ]] || make_system "$root" "$release"
  copy_tree "$tree" "$root"
  rm -rf "$root/root/with"
  if [[ -n $added ]]; then
    mkdir "$root/root/with"
    find -L "$added" -mindepth 1 -maxdepth 1 -type f -exec cp -L -t "$root/root/with" -- {} +
  fi
  cp -L /etc/resolv.conf "$root/etc/resolv.conf" 2> /dev/null || true  # none: no network, but the command may not need one
  hostname debian
  mount -t proc proc "$root/proc"
  mount -t sysfs -o ro sysfs "$root/sys"
  mkdir -p "$root/dev/pts" "$root/dev/shm"
  mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$root/dev/pts"
  mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$root/dev/shm"
  for name in http_proxy https_proxy ftp_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY NO_PROXY \
    SOURCE_DATE_EPOCH; do
    if [[ -n ${!name:-} ]]; then passed+=("$name=${!name}"); fi
  done
  local status=0
  # shellcheck disable=SC2016  # the bash inside expands $1
  env -i "${passed[@]}" PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
    DEBIAN_FRONTEND=noninteractive \
    chroot "$root" /bin/bash -c 'cd /root/genga && exec /bin/bash -c "$1"' in_debian "$command" || status=$?
  return "$status"
}

if [[ ${1:-} == --inside ]]; then
  shift
  status=0
  inside "$@" || status=$?
  exit "$status"
fi

# ---- outside ----

keep=0
folder=''
added=''
while [[ $# -gt 0 ]]; do
  case "$1" in
    -h | --help) sed -n '2,14s/^# \?//p' "$0"; exit 0 ;;
    --keep) keep=1; shift ;;
    --folder)
      [[ -n ${2:-} ]] || fail '--folder: no folder was named' 2
      folder=$2
      shift 2
      ;;
    --with)
      [[ -d ${2:-} ]] || fail "--with: expected a folder, got '${2:-}'" 2
      added=$(cd "$2" && pwd)
      shift 2
      ;;
    -*) fail "unknown option '$1', expected --keep, --folder DIR or --with DIR" 2 ;;
    *) break ;;
  esac
done
[[ $# -eq 2 ]] || fail "expected a release and one command, got $# words; quote the command: tools/in_debian.sh trixie 'make test'" 2
release=$1
command=$2
[[ $release == bookworm || $release == trixie ]] || fail "unknown release '$release', expected bookworm or trixie" 2
[[ $(id -u) -eq 0 ]] || fail 'only root may make a Debian system; run it with sudo'
PATH=$PATH:/usr/sbin:/sbin
for program in debootstrap git unshare; do
  package=${program/unshare/util-linux}
  command -v "$program" > /dev/null || fail "$program is missing; apt-get install $package"
done
tree=$(cd "$(dirname "$0")/.." && pwd)
git -C "$tree" rev-parse --git-dir > /dev/null || fail "$tree is no git checkout, so it is not known which files to copy"

if [[ -z $folder ]]; then
  folder=$(mktemp -d "${TMPDIR:-/var/tmp}/genga-$release.XXXXXX")
else
  mkdir -p "$folder"
  folder=$(cd "$folder" && pwd)
fi
if [[ -f $folder/etc/in_debian ]]; then
  found=$(< "$folder/etc/in_debian")
  [[ $found == "$release" ]] || fail "$folder holds Debian $found, expected $release; name another folder"
  keep=1  # a system that was kept once is not deleted by a later run
elif [[ -n $(ls -A "$folder") ]]; then
  fail "$folder is not empty and holds no system that this tool made; name another folder"
fi

# The copy has no history, but packages are dated by it.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$tree" log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
child=''
# shellcheck disable=SC2317  # reached by the traps
clean_up() {
  trap '' INT TERM HUP
  if [[ -n $child ]]; then
    kill -KILL "$child" 2> /dev/null || true  # process 1 of the namespace dies with it, and with that all others
    wait "$child" 2> /dev/null || true
  fi
  rm -f "$folder.log"
  if [[ $keep -eq 1 && -f $folder/etc/in_debian ]]; then
    echo "in_debian: Debian $release is kept in $folder" >&2
  else
    rm -rf --one-file-system "$folder"
  fi
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# In the background, since bash runs traps only between commands of the foreground; such a job would ignore ^C.
env --default-signal=INT,QUIT unshare --mount --pid --fork --kill-child --ipc --uts --mount-proc -- \
  bash "$tree/tools/in_debian.sh" --inside "$tree" "$folder" "$release" "$command" "$added" <&0 &
child=$!
status=0
wait "$child" || status=$?
child=''
exit "$status"
