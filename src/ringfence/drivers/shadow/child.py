# SPDX-License-Identifier: Apache-2.0
"""The sealed process: ``python -m ringfence.drivers.shadow.child`` as the first one of namespaces of its own.

With it end all processes, links, rules and namespaces of the copy, in whichever way it ends: nothing of them has a
name anywhere else. It reads its order on stdin and tells on stdout, a line of JSON each.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from ringfence.base.errors import RingfenceError
from ringfence.compile.document import Document, Kind
from ringfence.compile.fabric.shell import inside
from ringfence.compile.scope import Scope
from ringfence.drivers.fabric.namespaces import namespace_stands
from ringfence.drivers.fabric.tool import run

from .build import build
from .compare import unlike
from .orders import Order, dump_fired, load_order
from .volley import Spaces, fire

ENDS = "rf-ends"
_GENTLE = 10
"""The plant that runs has the processor first."""
_MANY = 200
"""From so many ends on the router is told its neighbours: the kernel has one table of them for all namespaces, and the
live router needs its places (kernel ip-sysctl, neigh/default/gc_thresh2: 512). Those that last do not count."""
_QUIET = (
    "echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6",
    "echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6",
    "echo 0 >/proc/sys/net/ipv4/ip_forward",
)
"""Whatever the host is like, nothing speaks or passes where the stubs are but the trial."""
_FIRST = (
    "mount -t tmpfs -o mode=0755 tmpfs /run",
    "mkdir -p /run/netns",
    "mount -t sysfs -o ro sysfs /sys",
    "ip link set lo up",
    f"ip netns add {ENDS}",
    inside(ENDS, _QUIET),
)


def main() -> None:
    """Build, shoot, tell."""
    os.nice(_GENTLE)
    order = load_order(sys.stdin.readline())
    try:
        run(["sh", "-e"], "\n".join(_FIRST))
        _set(order.settings)
        odd = build(order.scope, order.documents, order.rules)
        odd += unlike(order.scope, order.documents)
        _introduce(order)
        _tell("The copy stands.")
        fired = fire(order.volley, _spaces(order.scope, order.documents), _tell)
    except RingfenceError as refused:
        _say(json.dumps({"refused": [refused.problem, refused.next_step]}))
    except OSError as gone:
        _say(json.dumps({"refused": [f"The copy is incomplete: {gone}.", "Look with 'ringfence drift'."]}))
    else:
        _say(dump_fired(fired, odd))


def _introduce(order: Order) -> None:
    """Tell the router of a large copy who its neighbours are."""
    if len(order.volley.posts) < _MANY or not namespace_stands(order.scope.namespace):
        return
    legs = _legs(order.documents)
    lines = [
        f"neigh replace {address} lladdr {post.mac} dev {legs[post.zone]} nud permanent"
        for post in order.volley.posts
        for address in post.answers
        if post.zone in legs
    ]
    run(["ip", "-batch", "-"], "\n".join([*lines, ""]), namespace=order.scope.namespace)


def _legs(documents: Sequence[Document]) -> dict[str, str]:
    """Return the router's legs by zone."""
    links = [one for one in documents if one.kind is Kind.LINK and "router/name" in one.parts]
    return {one.address.rsplit("/", 1)[-1]: one.parts["router/name"] for one in links}


def _set(settings: Mapping[str, str]) -> None:
    for path, value in settings.items():
        with suppress(OSError):  # a kernel that has no such setting has not the behaviour either
            Path(path).write_text(value)


def _spaces(scope: Scope, documents: Sequence[Document]) -> Spaces:
    links = [one for one in documents if one.kind is Kind.LINK]
    host = [(one.parts["bridge/name"], "host") for one in links if _there(one.parts["bridge/name"])]
    legs = [(link, f"leg/{zone}") for zone, link in _legs(documents).items()]
    router = scope.namespace if namespace_stands(scope.namespace) else ""
    return Spaces(router, ENDS, {"": host, **({router: legs} if router else {})})


def _there(link: str) -> bool:
    return Path("/sys/class/net", link).exists()


def _tell(sentence: str) -> None:
    _say(json.dumps({"tell": sentence}))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
