# SPDX-License-Identifier: Apache-2.0
# Sourced by ./test, ./demo and scripts/setup.sh: one voice, and one way to become root.
# shellcheck shell=sh

say() { printf '%s\n' "$*"; }

# fail SENTENCE...: says what happened and what to do, and ends the program with 3 (the world refused).
fail() {
    printf '%s\n' "$@" >&2
    exit 3
}

# need_root WHY: asks for sudo's password once, if it is needed, and ends the program when there is no way to be root.
need_root() {
    [ "$(id -u)" -ne 0 ] || return 0
    command -v sudo >/dev/null 2>&1 && sudo -v && return 0
    fail "Root is needed to $1, and $(id -un) cannot become root here." \
        "Run the command as root, or install sudo and allow it for $(id -un)."
}

# as_root COMMAND...: runs it as root, through sudo where this is an ordinary user.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

# seconds_since START: whole seconds since START, which came from `date +%s`.
seconds_since() { echo $(($(date +%s) - $1)); }
