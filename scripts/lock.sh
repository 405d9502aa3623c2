#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Renews the lock files: hashes, no download addresses, one file for every Python that Ringfence supports.
# Usage: scripts/lock.sh [uv pip compile options, such as --upgrade]
set -eu
cd "$(dirname "$0")/.."

lock() {
    output=$1
    shift
    printf 'Locking %s.\n' "$output"
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        --no-emit-find-links --no-emit-build-options --custom-compile-command scripts/lock.sh \
        --output-file "$output" "$@"
}

lock requirements/runtime.txt pyproject.toml requirements/build.in "$@"
lock requirements/dev.txt pyproject.toml requirements/build.in requirements/dev.in "$@"
lock requirements/uv.txt requirements/uv.in "$@"
