# SPDX-License-Identifier: Apache-2.0
"""The plant's interfaces at a boot: a script for each, so that one that is missing keeps no other waiting."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from ringfence.base.addresses import own_name
from ringfence.compile.document import Document, Kind
from ringfence.compile.fabric.wire import is_wire

from .inventory import Inventory
from .script import script

_GIVE_BACK = """\
# back SPACE LINK: gives an interface back to this host as it was; its alias says what it was called.
back() {
    alias=$(ip -n "$1" -d link show dev "$2" 2>/dev/null | sed -n 's/^ *alias //p')
    [ -n "$alias" ] || return 0
    held=${alias#* } ours=${alias%% *}
    state=${ours##*/} rest=${ours%/*}
    ip -n "$1" link set dev "$2" down
    ip -n "$1" link set dev "$2" netns $$ name "${rest##*/}"
    ip link set dev "${rest##*/}" alias "$held" "$state"
}
"""


def uplink_files(inventory: Inventory) -> dict[str, str]:
    """Return a script for each uplink, by name."""
    found = {}
    for document in inventory.documents(Kind.UPLINK):
        title = f"Connects uplink {own_name(document.address)}; run again, it mends it."
        found[_file(document)] = script(title, (document.body,))
    return found


def connect(inventory: Inventory) -> str:
    """Return sh that runs them all."""
    lines = (
        f'sh {_file(one)} || echo "ringfence: uplink {own_name(one.address)} is not connected." >&2\n'
        for one in inventory.documents(Kind.UPLINK)
    )
    return "".join(lines)


def disconnect(inventory: Inventory) -> str:
    """Return sh that gives the interfaces back, before the namespaces go that hold them."""
    moved = [words for one in _legs(inventory) for words in _moved(inventory, one)]
    lines = "".join(f"back {shlex.join(words)} || failed=1\n" for words in moved)
    spaces = [space for one in _legs(inventory) for space in _spaces(one)]
    gone = "".join(f"ip netns delete {space} 2>/dev/null || true\n" for space in spaces)
    return f"{_GIVE_BACK}{lines}{gone}" if moved else gone


def _legs(inventory: Inventory) -> tuple[Document, ...]:
    """Return the uplinks that are legs of the router; layer-2 wires lie in this host's own namespace."""
    return tuple(one for one in inventory.documents(Kind.UPLINK) if not is_wire(one.parts))


def _moved(inventory: Inventory, document: Document) -> Iterator[tuple[str, str]]:
    """Yield namespace and link where an interface of this host itself has to be given back."""
    parts = document.parts
    if parts.get("take") == "move":
        yield inventory.scope.namespace, parts["name"]
    if parts.get("wire/take") == "move":
        yield parts["namespace"], "wire"


def _spaces(document: Document) -> Iterator[str]:
    """Yield the namespaces that an uplink has besides the router's."""
    for key in ("namespace", "stub/namespace", "wire/stub/namespace"):
        if key in document.parts:
            yield document.parts[key]


def _file(document: Document) -> str:
    return f"uplink-{own_name(document.address)}.sh"
