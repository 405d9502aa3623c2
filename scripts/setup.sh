#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes this machine ready for Ringfence: packages, Python environment, libvirt. Run it as often as you like.
#
# Usage: scripts/setup.sh [--dev] [--plants] [--without-daemons]
#   --dev              also what linting and testing needs
#   --plants           also what the simulated plants around the examples need
#   --without-daemons  leave libvirt alone
#
# RINGFENCE_OFFLINE=1 downloads nothing: what is missing is named, and has to be there already.
set -eu
cd "$(dirname "$0")/.."
. scripts/speak.sh

PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
lock=requirements/runtime.txt lists=scripts/packages.txt daemons=yes offline=${RINGFENCE_OFFLINE:-}
for option in "$@"; do
    case $option in
    --dev) lock=requirements/dev.txt lists="$lists scripts/packages-dev.txt scripts/packages-plants.txt" ;;
    --plants) lists="$lists scripts/packages-plants.txt" ;;
    --without-daemons) daemons= ;;
    *) fail "scripts/setup.sh does not know the option $option." "It knows --dev, --plants and --without-daemons." ;;
    esac
done

# --- packages -------------------------------------------------------------------------------------------------

# Prints each line of the lists of packages of which nothing is installed, without its comment.
missing_packages() {
    # Unquoted on purpose: one word for each list.
    # shellcheck disable=SC2086
    dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' | awk '
        FILENAME == "-" { if ($1 == "ii") installed[$2]; next }
        { sub(/#.*/, "") }
        NF {
            found = 0
            count = split($1, choices, "|")
            for (i = 1; i <= count; i++) if (choices[i] in installed) found = 1
            if (!found) print $1
        }' - $lists
}

# choose CHOICES: the first of `a|b` that the distribution offers.
choose() {
    for name in $(printf '%s' "$1" | tr '|' ' '); do
        case $(apt-cache policy "$name" 2>/dev/null | sed -n 's/^ *Candidate: //p') in
        '' | '(none)') ;;
        *) printf '%s\n' "$name" && return ;;
        esac
    done
    fail "This distribution offers none of these packages: $1" \
        "Enable the component that holds it, for example universe on Ubuntu, and start again."
}

apt_get() {
    as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l \
        apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@"
}

install_packages() {
    command -v dpkg-query >/dev/null 2>&1 && command -v apt-get >/dev/null 2>&1 ||
        fail "This machine has no apt. Ringfence is built for Debian 12, Debian 13 and Ubuntu." \
            "Use one of those; what Ringfence needs from it is listed in scripts/packages.txt."
    missing=$(missing_packages)
    [ -n "$missing" ] || return 0
    if [ -n "$offline" ]; then
        fail "RINGFENCE_OFFLINE is set, so nothing is installed. These packages are missing:" "$missing" \
            "Install them, or unset RINGFENCE_OFFLINE."
    fi
    need_root "install packages"
    log=.cache/setup/apt.log
    say "Reading the distribution's package lists."
    apt_get update >"$log" 2>&1 || { tail -n 20 "$log" >&2 && fail "apt-get update failed; its words are above."; }
    names=
    for choices in $missing; do names="$names $(choose "$choices")"; done
    say "Installing these packages:$names."
    # Unquoted on purpose: one word for each package.
    # shellcheck disable=SC2086
    apt_get install --no-install-recommends $names >>"$log" 2>&1 ||
        { tail -n 20 "$log" >&2 && fail "apt-get install failed; its words are above, all of them in $log."; }
}

# --- Python ---------------------------------------------------------------------------------------------------

# Everything that decides what .venv has to hold. When it changes, the environment is brought up to date.
environment_digest() {
    { cat requirements/*.txt pyproject.toml && /usr/bin/python3 -VV && readlink -f /usr/bin/python3 && pwd; } | sha256sum |
        cut -d' ' -f1
}

# uv: the machine's own, or the pinned one, fetched once and checked by its hash.
find_uv() {
    uv=$(command -v uv || true)
    if [ -n "$uv" ] && "$uv" --version >/dev/null 2>&1; then return; fi
    uv=$PWD/.cache/setup/uv/bin/uv
    if "$uv" --version >/dev/null 2>&1; then return; fi
    [ -z "$offline" ] || fail "RINGFENCE_OFFLINE is set and this machine has no uv." "Install uv, or unset RINGFENCE_OFFLINE."
    say "Fetching uv, which installs the Python packages."
    rm -rf .cache/setup/uv
    /usr/bin/python3 -m venv .cache/setup/uv
    .cache/setup/uv/bin/pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: \
        --require-hashes -r requirements/uv.txt ||
        fail "uv could not be fetched from the Python package index." \
            "Check that pip reaches it from this machine (proxy, certificates), and start again."
}

# Whether .venv was made on the distribution's present Python, in this place, seeing its packages.
venv_fits() {
    [ -x .venv/bin/python ] && grep -qx 'include-system-site-packages = true' .venv/pyvenv.cfg 2>/dev/null &&
        [ "$(readlink -f .venv/bin/python)" = "$(readlink -f /usr/bin/python3)" ] &&
        [ "$(cat .venv/.ringfence-place 2>/dev/null)" = "$PWD" ] && .venv/bin/python -c '' 2>/dev/null
}

prepare_python() {
    digest=$(environment_digest)
    # The tests' environment holds everything that running needs, so either stamp will do for the smaller one.
    wanted=.venv/.ringfence-$(basename "$lock" .txt)
    for stamp in "$wanted" .venv/.ringfence-dev; do
        if [ "$(cat "$stamp" 2>/dev/null)" = "$digest" ] && venv_fits; then return; fi
    done
    find_uv
    export UV_PYTHON_DOWNLOADS=never ${offline:+UV_OFFLINE=1}
    if ! venv_fits; then
        say "Making .venv on the distribution's $(/usr/bin/python3 -V)."
        rm -rf .venv
        "$uv" venv --quiet --system-site-packages --python /usr/bin/python3 .venv
        pwd >.venv/.ringfence-place
    fi
    say "Installing the Python packages of $lock, each checked by its hash."
    "$uv" pip install --quiet --compile-bytecode --python .venv/bin/python --require-hashes -r "$lock" ||
        fail "The Python packages could not be installed; uv's words are above." \
            "Check that this machine reaches the Python package index (proxy, certificates), and start again."
    "$uv" pip install --quiet --python .venv/bin/python --no-build-isolation --no-deps --editable .
    .venv/bin/python -c 'import libvirt' ||
        fail "The distribution's libvirt bindings cannot be imported; Python's words are above." \
            "Reinstall them: apt-get install --reinstall python3-libvirt"
    printf '%s\n' "$digest" >"$wanted"
}

# --- libvirt --------------------------------------------------------------------------------------------------

libvirt_answers() { as_root timeout 5 virsh -c qemu:///system version >/dev/null 2>&1; }

# Every workload runs as a user of its own, in one group only: libvirt's, whose folders it passes. Debian's udev lets
# the group kvm alone open /dev/kvm, where systemd's own rule says 0666; so does this. Without udev /dev/kvm stays
# root's alone, and libvirt, which cannot open it, asks QEMU anew at every single call, four seconds long.
open_kvm() {
    [ -c /dev/kvm ] || return 0
    case $(stat -c %a /dev/kvm) in *6) return 0 ;; esac
    say "Letting workloads' own users open /dev/kvm."
    if [ -d /run/systemd/system ]; then
        echo 'KERNEL=="kvm", MODE="0666"' | as_root tee /etc/udev/rules.d/99-ringfence-kvm.rules >/dev/null
        as_root udevadm control --reload
    fi
    as_root chmod 0666 /dev/kvm
}

# start_daemon NAME: as an init system would. The descriptor of setup's lock must not live on in it, and neither should
# sudo's limit: newer sudo forbids core files, and a libvirt that may not lift it again starts no guest.
start_daemon() { as_root sh -c 'ulimit -c unlimited; exec "$1" -d' sh "$1" 9>&- 2>/dev/null; }

start_libvirt() {
    need_root "talk to libvirt"
    open_kvm
    if libvirt_answers; then return; fi
    say "Starting libvirt."
    if [ -d /run/systemd/system ]; then
        as_root systemctl start virtlogd.socket libvirtd.service
    else
        # fails when it is running, which is what is wanted
        start_daemon virtlogd || true
        start_daemon libvirtd || true
    fi
    attempt=0
    until libvirt_answers; do
        attempt=$((attempt + 1))
        [ "$attempt" -lt 60 ] || fail "libvirt does not answer." "Look at: virsh -c qemu:///system version"
        sleep 0.5
    done
}

# --------------------------------------------------------------------------------------------------------------

mkdir -p .cache/setup
exec 9>.cache/setup/lock
flock -n 9 || { say "Another set-up is running here; waiting for it to end." && flock 9; }
install_packages
prepare_python
# What is compiled now is not compiled by root later, into folders whose owner could then not delete them.
.venv/bin/python -m compileall -q src || true # a file that does not compile says so when it is run
[ -z "$daemons" ] || start_libvirt
