# SPDX-License-Identifier: Apache-2.0
"""Files that bring the fabric up: guard first, then the router with its rules, and only then the links to it."""

from __future__ import annotations

import shlex

from ringfence.compile.document import Document, Kind
from ringfence.compile.part.dhcp import command, conf_file, conf_path, hosts_file, run_folder
from ringfence.compile.part.relay import TABLES as RELAY_TABLES
from ringfence.compile.scope import Endpoints

from .host_filter import let_pass
from .inventory import Inventory
from .script import loading, script, section
from .uplinks import connect, uplink_files

_DHCP = """\
folder={folder}
conf={conf}
mkdir -p "$folder"
# dnsmasq reads them as a user of its own.
install -m 0644 dhcp-hosts "$folder/dhcp-hosts"
install -m 0644 dhcp-hosts "$folder/dhcp-hosts.loaded"
install -m 0644 dnsmasq.conf "$conf"
pid=$(cat "$folder/dnsmasq.pid" 2>/dev/null) || pid=0
# Tells whether process $pid is a dnsmasq whose arguments hold $1: after a reboot the number may be anybody's.
serves() {{
    tr '\\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF -- "--conf-file=$1"
}} 2>/dev/null
if serves "$conf"; then
    kill -HUP "$pid"
else
    if serves "$folder/dnsmasq-"; then
        kill "$pid"
        tries=50
        while [ -e "/proc/$pid" ] && [ "$tries" -gt 0 ]; do
            sleep 0.1
            tries=$((tries - 1))
        done
    fi
    # Without it guests wait for their addresses; the rules and every fixed address stand all the same.
    nsenter --net=/run/netns/{namespace} {command} || echo "ringfence: dnsmasq does not start." >&2
fi
"""


def fabric_files(inventory: Inventory) -> dict[str, str]:
    """Return ``fabric-up.sh`` and what it loads, by name."""
    files = {"router.nft": _router(inventory), "guard.nft": _guard(inventory)}
    for document in inventory.documents(Kind.DHCP):
        files |= {"dnsmasq.conf": conf_file(document.parts), "dhcp-hosts": hosts_file(document.parts)}
    return {**files, **uplink_files(inventory), "fabric-up.sh": _up(inventory)}


def _up(inventory: Inventory) -> str:
    scope = inventory.scope
    stubs = inventory.bodies(Kind.PORT) if scope.endpoints is Endpoints.STUB else ""
    load = loading("router.nft", f"nsenter --net=/run/netns/{scope.namespace} ") + "\n"
    return script(
        f"Brings up the fabric {scope.fabric} of site {scope.site}; run again, it mends it.",
        (
            section(
                "Nothing passes a bridge to or from this host, and nobody speaks in another's name.",
                loading("guard.nft") + "\n",
            ),
            section("The router forwards nothing yet.", inventory.bodies(Kind.NAMESPACE)),
            section("Its rules: only what the site declares. Grants end with the router.", load),
            section("Bridges and the router's legs.", inventory.bodies(Kind.LINK)),
            section("The plant's interfaces. Without one of them the rest goes on.", connect(inventory)),
            section("This host's own filter lets bridged frames of ours pass.", let_pass(inventory.bridges())),
            section(
                "Addresses, each to its one MAC.",
                "".join(_dhcp(inventory, one) for one in inventory.documents(Kind.DHCP)),
            ),
            section("Stubs in place of workloads.", stubs),
        ),
    )


def _dhcp(inventory: Inventory, document: Document) -> str:
    scope, conf = inventory.scope, conf_file(document.parts)
    return _DHCP.format(
        folder=shlex.quote(run_folder(scope)),
        conf=shlex.quote(conf_path(scope, conf)),
        namespace=scope.namespace,
        command=shlex.join(command(scope, conf)),
    )


def _router(inventory: Inventory) -> str:
    relays = "".join(_anew(inventory.table(name)) for name in RELAY_TABLES)
    rules = "".join(_anew(inventory.table(name)) for name in ("router", "neighbours")) + inventory.bodies(Kind.CONDUIT)
    return rules + relays + inventory.bodies(Kind.RELAY)


def _guard(inventory: Inventory) -> str:
    return _anew(inventory.table("guard")) + inventory.bodies(Kind.GUARD) + inventory.bodies(Kind.FRAMES)


def _anew(table: Document | None) -> str:
    """Return commands that replace a table in one transaction, whatever stands there, elements included."""
    if table is None:
        return ""
    name = table.parts["table"]
    return f"add table {name}\ndelete table {name}\n{table.body}"
