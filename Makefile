# Short names for what CMakePresets.json can do; from a bare Debian 12 or 13 each of these does everything that is needed.
.DEFAULT_GOAL := help
.PHONY: help deps demo test infer-only asan tsan tidy install clean

JOBS ?= $(shell nproc)
PREFIX ?= /usr/local
PHOTO ?=
# Slow tests too: make test CTEST_ARGS="-L slow"
CTEST_ARGS ?=

help: ## This list
	@echo 'make demo [PHOTO=path]       build genga, turn a photograph into anime, say where it is'
	@echo 'make test                    build everything and run the tests'
	@echo 'make infer-only              build genga alone (no libtorch): build/infer-only/genga'
	@echo 'make asan, make tsan         build with sanitizers and run the tests'
	@echo 'make tidy                    clang-tidy on every file'
	@echo 'make install [PREFIX=path]   build everything and install it (default /usr/local)'
	@echo 'make deps                    install the Debian packages that building takes'
	@echo 'make clean                   remove build/'

deps:
	@tools/install_deps.sh

demo: infer-only
	@tools/demo.sh build/infer-only/genga build/demo $(if $(PHOTO),"$(PHOTO)")

infer-only:
	@tools/install_deps.sh --infer-only
	@cmake --preset infer-only
	@cmake --build --preset infer-only --parallel $(JOBS)

test: deps
	@cmake --preset release
	@cmake --build --preset release --parallel $(JOBS)
	@ctest --preset release $(CTEST_ARGS)

asan tsan: deps
	@cmake --preset $@
	@cmake --build --preset $@ --parallel $(JOBS)
	@ctest --preset $@ $(CTEST_ARGS)

tidy: deps
	@command -v clang-tidy > /dev/null || { echo 'make tidy: clang-tidy is missing; apt-get install clang-tidy' >&2; exit 1; }
	@cmake --preset tidy
	@cmake --build --preset tidy --parallel $(JOBS)

install: deps
	@cmake --preset release
	@cmake --build --preset release --parallel $(JOBS)
	@cmake --install build/release --prefix '$(PREFIX)'

clean:
	@rm -rf build
