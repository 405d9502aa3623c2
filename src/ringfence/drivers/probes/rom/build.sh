#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Assembles rom.S and prints it as hexadecimal: the code, without the empty middle and the jump at the end.
# What it prints is ROM_CODE in ../rom_image.py; a test holds both equal. Usage: build.sh [FILE FOR THE WHOLE ROM]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
as --64 -o "$work/rom.o" "$here/rom.S"
ld -m elf_x86_64 -Ttext=0xf0000 --oformat binary -o "$work/rom" "$work/rom.o"
[ "$#" -eq 0 ] || cp "$work/rom" "$1"
od -An -v -tx1 -w48 -N 512 "$work/rom" | tr -d ' '
