# The front door. `make run` and `make test` install what is missing first (tools/setup.sh), and may be repeated.
JOBS ?= $(shell nproc)

.PHONY: run test bench lint install build setup sanitize clean

run: build
	tools/make-samples.py samples
	# Two samples cannot be read, on purpose: docmill says so with exit status 1.
	build/release/docmill run ocr samples --output samples/out --format txt,json,pdf || [ $$? = 1 ]

test: build
	tools/setup.sh test
	cd build/release && ctest --output-on-failure -j $(JOBS)

build: setup
	cmake --preset release
	cmake --build --preset release -j $(JOBS)

setup:
	tools/setup.sh

sanitize: setup
	tools/sanitize.sh

bench: setup
	tools/setup.sh bench
	bench/run.sh

lint: setup
	tools/lint.sh

install: build
	cmake --install build/release

clean:
	rm -rf build
