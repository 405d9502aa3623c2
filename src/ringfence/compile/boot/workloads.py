# SPDX-License-Identifier: Apache-2.0
"""Files that bring the workloads up, in ``after:`` order with bounded waits, and take everything down again.

A wait ends when the workload runs and, where bash and setpriv are there, its probed TCP ports accept a connection
from the probes' own user. It ends as well when its time is up: a silent historian must not keep a PLC from starting.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from ringfence.base.addresses import own_name
from ringfence.compile.document import Kind
from ringfence.compile.fabric.wire import is_wire, wire_release
from ringfence.compile.prober import PROBE_UID
from ringfence.compile.scope import Endpoints
from ringfence.site.site import Site

from .host_filter import forget
from .inventory import Inventory
from .script import script, section
from .uplinks import disconnect

LIBVIRT_WITHIN_S = 180
START_WITHIN_S = 120
"""For a workload without probes to be seen running."""

_TOOLS = """\
failed=0
say() { printf 'ringfence: %s\\n' "$*"; }
vsh() { timeout -k 5 90 virsh -q -c qemu:///system "$@" </dev/null; }
# Seconds since this host started: they run forward also where nobody has set the clock yet.
now() { cut -d. -f1 /proc/uptime; }
state() { vsh domstate "$1" 2>/dev/null || echo unknown; }
"""
_UP = """\
# begin WORKLOAD DOMAIN: defines it, starts it unless it runs, and sets its ports' flags.
begin() {
    vsh define "domains/$1.xml" || say "libvirt does not take domains/$1.xml; what it has is started."
    case $(state "$2") in
    running) ;;
    paused) say "$1 is paused and stays so; resume it with: virsh resume $2" ;;
    *) vsh start "$2" || say "$1 does not start; look at: virsh start $2" ;;
    esac
    case $(state "$2") in
    running | paused) ;;
    *) failed=1 && return 0 ;;
    esac
    [ ! -e "ports/$1.sh" ] || sh "ports/$1.sh" || { failed=1 && say "The ports of $1 could not be set."; }
}

# answers ADDRESS PORT: asked as the one user whom the router lets out; without bash or setpriv nobody is asked.
answers() {
    command -v bash >/dev/null && command -v setpriv >/dev/null || return 0
    # shellcheck disable=SC2016
    nsenter --net=/run/netns/NAMESPACE setpriv --reuid=PROBER --regid=PROBER --clear-groups --no-new-privs \\
        --inh-caps=-all timeout -k 1 3 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$1" "$2" 2>/dev/null
}

# ready DOMAIN [ADDRESS PORT]...
ready() {
    [ "$(state "$1")" = running ] || return 1
    shift
    while [ "$#" -ge 2 ]; do
        answers "$1" "$2" || return 1
        shift 2
    done
}

# await WORKLOAD SECONDS DOMAIN [ADDRESS PORT]...
await() {
    name=$1 seconds=$2
    end=$(($(now) + seconds))
    shift 2
    until ready "$@"; do
        if [ "$(now)" -ge "$end" ]; then
            say "$name is not there after $seconds s; going on without it."
            return 0
        fi
        sleep 1
    done
}
"""
_LIBVIRT = """\
end=$(($(now) + WITHIN))
until timeout -k 1 5 virsh -q -c qemu:///system version >/dev/null 2>&1; do
    if [ "$(now)" -ge "$end" ]; then
        say "libvirt does not answer after WITHIN s. Start it, and run this again."
        exit 1
    fi
    sleep 1
done
"""
_DOWN = """\
# gone SECONDS DOMAIN...: asks them to shut down, waits, and switches off what is still there then.
gone() {
    end=$(($(now) + $1))
    shift
    for domain in "$@"; do [ "$(state "$domain")" != running ] || vsh shutdown "$domain" || true; done
    for domain in "$@"; do
        while [ "$(state "$domain")" = running ] && [ "$(now)" -lt "$end" ]; do sleep 1; done
        case $(state "$domain") in
        'shut off' | unknown) ;;
        *) vsh destroy "$domain" || [ "$(state "$domain")" = 'shut off' ] || failed=1 ;; # it may end by itself just now
        esac
    done
}
patience=${1:-90}
"""
_NO_DHCP = """\
pid=$(cat {folder}/dnsmasq.pid 2>/dev/null) || pid=0
! grep -qsF {folder}/dnsmasq- "/proc/$pid/cmdline" || kill "$pid"
"""


def workload_files(inventory: Inventory, site: Site) -> dict[str, str]:
    """Return ``workloads-up.sh``, ``up.sh``, ``down.sh``, and each workload's definition and ports, by name."""
    files = {f"domains/{own_name(one.address)}.xml": one.body for one in inventory.documents(Kind.DOMAIN)}
    if inventory.scope.endpoints is Endpoints.TAP:
        ports = inventory.ports().items()
        files |= {f"ports/{name}.sh": script(f"Ports of workload {name}.", (body,)) for name, body in ports}
    return files | {
        "workloads-up.sh": _workloads_up(inventory, site),
        "up.sh": _all_up(inventory),
        "down.sh": _all_down(inventory),
    }


def _workloads_up(inventory: Inventory, site: Site) -> str:
    runs = inventory.in_order()
    if not runs:
        return script("There are no workloads.", ())
    started = _UP.replace("NAMESPACE", inventory.scope.namespace).replace("PROBER", str(PROBE_UID))
    return script(
        f"Starts the workloads of site {site.name}; run again, it starts what is missing.",
        (
            _TOOLS,
            started,
            section("libvirt may still be starting.", _LIBVIRT.replace("WITHIN", str(LIBVIRT_WITHIN_S))),
            "".join(_steps(inventory, site)),
            'exit "$failed"\n',
        ),
    )


def _steps(inventory: Inventory, site: Site) -> Iterator[str]:
    awaited: set[str] = set()
    for name, after in inventory.in_order():
        for other in after:
            if other not in awaited:
                awaited.add(other)
                yield _await(inventory, site, other)
        yield f"begin {name} {shlex.quote(inventory.scope.domain(name))}\n"


def _await(inventory: Inventory, site: Site, name: str) -> str:
    probes = site.workloads[name].probes if name in site.workloads else ()
    seconds = max((probe.within for probe in probes), default=START_WITHIN_S)
    asked = [word for question in inventory.questions(name) for word in question]
    return shlex.join(["await", name, str(seconds), inventory.scope.domain(name), *asked]) + "\n"


def _all_up(inventory: Inventory) -> str:
    lines = "sh fabric-up.sh\nexec sh workloads-up.sh\n"
    return script(f"Brings site {inventory.scope.site} up: first the fabric, then the workloads.", (lines,))


def _all_down(inventory: Inventory) -> str:
    return script(
        f"Takes site {inventory.scope.site} down; seconds of patience with guests may be given. Disks stay.",
        (
            _TOOLS,
            _DOWN if inventory.documents(Kind.RUN) else "",
            section("Workloads, those that others came after last.", "".join(_stops(inventory))),
            section("The fabric.", "".join(_removals(inventory))),
            'exit "$failed"\n',
        ),
    )


def _stops(inventory: Inventory) -> Iterator[str]:
    for name, _ in reversed(inventory.in_order()):
        yield f'gone "$patience" {shlex.quote(inventory.scope.domain(name))}\n'
    if inventory.documents(Kind.RUN):
        yield ""


def _removals(inventory: Inventory) -> Iterator[str]:
    scope = inventory.scope
    folder = f"/run/ringfence/{scope.site}/{scope.fabric}"
    if inventory.documents(Kind.DHCP):
        yield _NO_DHCP.format(folder=folder)
    for document in inventory.documents(Kind.PORT):
        if "stub/namespace" in document.parts:
            yield f"ip netns delete {document.parts['stub/namespace']} 2>/dev/null || true\n"
    for document in inventory.documents(Kind.UPLINK):
        if is_wire(document.parts):
            yield wire_release(document.parts)
    yield disconnect(inventory)
    yield f"ip netns delete {scope.namespace} 2>/dev/null || true\n"
    for bridge in inventory.bridges():
        yield f"ip link delete dev {bridge} 2>/dev/null || true\n"
    yield forget(inventory.bridges())
    guard = inventory.table("guard")
    if guard is not None:
        yield f"nft delete table {guard.parts['table']} 2>/dev/null || true\n"
    yield f"rm -rf {folder}\nrmdir /run/ringfence/{scope.site} 2>/dev/null || true  # others may lie there\n"
