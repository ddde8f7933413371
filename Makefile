# Short names for what CMakePresets.json can do; from a bare Debian 12 or 13 each of these does everything that is needed.
.DEFAULT_GOAL := help
.PHONY: help deps demo test check lint infer-only asan tsan slow fuzz tidy install uninstall package portable clean

JOBS ?= $(shell nproc)
PREFIX ?= /usr/local
PHOTO ?=
# For instance: make test CTEST_ARGS='-R engine'
CTEST_ARGS ?=
# Without libtorch: make test DEPS=--no-train CMAKE_ARGS=-DGENGA_TRAIN=OFF
DEPS ?=
CMAKE_ARGS ?=
# Each fuzz target runs so long
FUZZ_SECONDS ?= 600

help: ## This list
	@echo 'make demo [PHOTO=path]       build genga, turn a photograph into anime, say where it is'
	@echo 'make test                    build everything and run the tests'
	@echo 'make check                   what a change must pass: lint, build, tests'
	@echo 'make lint                    layout, spelling, shell scripts, modules, citations; builds nothing'
	@echo 'make infer-only              build genga alone (no libtorch): build/infer-only/genga'
	@echo 'make asan, make tsan         build with sanitizers and run the tests'
	@echo 'make slow                    the tests that make test leaves out (label slow)'
	@echo 'make fuzz [FUZZ_SECONDS=600] build the fuzz targets with clang++ and run each so long'
	@echo 'make tidy                    clang-tidy on every file'
	@echo 'make install [PREFIX=path]   build everything and install it (default /usr/local)'
	@echo 'make uninstall               remove what make install put there last'
	@echo 'make package                 Debian packages for this Debian, in build/package'
	@echo 'make portable                build/package/genga-VERSION-linux-ARCH.tar.xz: genga for any Linux, nothing to install'
	@echo 'make deps                    install the Debian packages that building takes'
	@echo 'make clean                   remove build/'

deps:
	@tools/install_deps.sh $(DEPS)

demo: infer-only
	@tools/demo.sh build/infer-only/genga build/demo $(if $(PHOTO),"$(PHOTO)")

infer-only:
	@tools/install_deps.sh --infer-only
	@cmake --preset infer-only
	@cmake --build --preset infer-only --parallel $(JOBS)

test: deps
	@cmake --preset release $(CMAKE_ARGS)
	@cmake --build --preset release --parallel $(JOBS)
	@ctest --preset release $(CTEST_ARGS)

check: lint test

# Every check runs, so that one call shows all there is to mend.
lint:
	@tools/install_deps.sh --lint
	@failed=0; \
	tools/check_format.sh || failed=1; \
	codespell . || failed=1; \
	find tools bench tests .ci \( -name '*.sh' -o -path .ci/run \) -print0 | xargs -0 shellcheck || failed=1; \
	for check in tools/check_*.py; do python3 $$check || failed=1; done; \
	exit $$failed

slow: test
	@ctest --test-dir build/release -L slow --no-tests=ignore --output-on-failure $(CTEST_ARGS)

fuzz:
	@command -v clang++ > /dev/null || { echo 'make fuzz: clang++ is missing; apt-get install clang' >&2; exit 1; }
	@tools/install_deps.sh
	@CXX=clang++ cmake -G Ninja -B build/fuzz -DCMAKE_BUILD_TYPE=RelWithDebInfo -DGENGA_FUZZ=ON \
	  -DGENGA_SANITIZE=fuzzer-no-link,address,undefined -DGENGA_BENCH=OFF
	@cmake --build build/fuzz --parallel $(JOBS) --target $(patsubst fuzz/corpus/%,fuzz_%,$(wildcard fuzz/corpus/*))
	@JOBS=$(JOBS) tools/fuzz.sh build/fuzz/fuzz $(FUZZ_SECONDS)

asan tsan: deps
	@cmake --preset $@ $(CMAKE_ARGS)
	@cmake --build --preset $@ --parallel $(JOBS)
	@ctest --preset $@ $(CTEST_ARGS)

tidy: deps
	@command -v clang-tidy > /dev/null || { echo 'make tidy: clang-tidy is missing; apt-get install clang-tidy' >&2; exit 1; }
	@cmake --preset tidy
	@cmake --build --preset tidy --parallel $(JOBS)

install: deps
	@case '$(PREFIX)' in /*) ;; *) echo "make install: PREFIX '$(PREFIX)': expected a path from the root" >&2; exit 2 ;; esac
	@cmake --preset release
	@cmake --build --preset release --parallel $(JOBS)
	@cmake --install build/release --prefix '$(PREFIX)'

# The manifest names all files with PREFIX, but without DESTDIR.
uninstall:
	@tools/uninstall.sh build/release/install_manifest.txt

package portable:
	@tools/install_deps.sh --package
	@tools/$@.sh $(JOBS)

clean:
	@rm -rf build
