#!/usr/bin/env bash
# Cross-compiles genga (infer-only) for arm64 with Debian's aarch64 g++ and runs the tests of the engine under qemu-user.
# Meant for a Debian system of its own on x86-64, since it adds the architecture arm64 and its packages to the system:
#
#        tools/in_debian.sh bookworm tools/cross_arm64.sh
#
# Usage: tools/cross_arm64.sh [TEST_REGEX]     as root; default: the tests of base, ir, weights and engine
set -euo pipefail
cd "$(dirname "$0")/.."

tests=${1:-'^(base|ir|weights|ref|engine|parity_engine)_test\.'}

# Programs of this machine, then libraries and headers of arm64; header-only libraries are the same for all.
host=(make cmake ninja-build pkg-config python3 git ca-certificates g++ g++-aarch64-linux-gnu qemu-user-static
  protobuf-compiler libglib2.0-dev-bin libcli11-dev nlohmann-json3-dev libeigen3-dev)
target=(libdnnl-dev libvips-dev libfmt-dev libavformat-dev libavcodec-dev libavfilter-dev libswscale-dev libswresample-dev libprotobuf-dev libzip-dev zlib1g-dev
  libgtest-dev)
export DEBIAN_FRONTEND=noninteractive
dpkg --add-architecture arm64
apt-get -qq update
apt-get -qq install -y --no-install-recommends "${host[@]}" "${target[@]/%/:arm64}" > /dev/null

cmake --preset arm64
cmake --build --preset arm64 --parallel "$(nproc)" --target genga base_test ir_test weights_test ref_test engine_test \
  parity_engine_test
file=build/arm64/genga
echo "cross_arm64: $file is for $(aarch64-linux-gnu-readelf -h "$file" | sed -n 's/^ *Machine: *//p')"
qemu-aarch64-static "$file" --version
# Code that oneDNN generates at run time and OpenMP teams are slow when emulated: one test at a time, no time limit. A
# death test starts its program again, which only a kernel that knows arm64 can.
ctest --test-dir build/arm64 -R "$tests" -E DeathTest --timeout 0 --output-on-failure
