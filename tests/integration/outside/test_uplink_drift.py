# SPDX-License-Identifier: Apache-2.0
"""Each part of an uplink that a hand changes is told as a sentence, and the next apply puts it right."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest
from tests.integration.outside.grounds import Grounds, laid_out

from ringfence.compile.document import Document, Kind
from ringfence.compile.part.setting import sysctl_path
from ringfence.observe.uplinks import INNER, OUTER

HEADS = {"wire": OUTER, "inner": INNER}
"""Links of a translating namespace by the head of their parts."""
KNOWN_BY = {"name", "owner", "source", "take", "namespace", "wire/source", "wire/take"}
"""What tells a leg; ``MISTAKEN`` changes it."""
ROUNDS = ("settings", "ways", "rules", "policies", "tables", "up", "mac")
"""Parts that one round changes do not hide each other."""
MISTAKEN = (
    "ip -n {space} link set dev plant.up down; ip -n {space} link set dev plant.up name else.up",
    "ip -n {space} link del dev skid-one.up",
    "ip -n {space}~skid-one link set dev wire down; ip -n {space}~skid-one link set dev wire name else",
)
FOREIGN = {
    "{space}": (
        "ip route add 198.51.100.0/24 dev plant.up",
        "ip route add 198.51.100.7 via 198.51.100.8 dev plant.up onlink",
        "ip -6 route add 2001:db8::/64 dev plant.up",
        "ip neigh add proxy 198.51.100.9 dev plant.up",
        "ip neigh add proxy 198.51.100.9 dev field",
        "ip neigh add proxy 2001:db8::9 dev plant.up",
        "ip address add 192.0.2.10/24 dev plant.up",
        "ip -6 address add 2001:db8:1::10/64 dev plant.up nodad",
        "ip neigh add 198.51.100.11 lladdr 52:54:00:00:00:99 dev plant.up nud permanent",
        "nft add rule arp {table} input accept",
        "nft add element arp {table} pairs_U_plant '{{ 10.78.1.8 . 10.78.1.11 }}'",
        "nft add element arp {table} speaks_U_plant '{{ 10.78.1.8 : 10.78.1.11 }}'",
        "nft add element arp {table} own_U_plant '{{ 10.78.1.8 }}'",
        "nft add table arp strange",
    ),
    "{space}~skid-one": (
        "ip route add 198.51.100.0/24 dev wire",
        "ip route add 198.51.100.7 via inet6 fe80::1 dev router onlink",
        "ip address add 192.0.2.10/24 dev wire",
        "ip address add 203.0.113.11/24 dev router",
        "ip neigh add proxy 198.51.100.9 dev wire",
        "ip neigh add 198.51.100.11 lladdr 52:54:00:00:00:99 dev wire nud permanent",
        "nft insert rule ip {table} forward accept",
        "nft add table ip strange",
        "nft add table arp strange",
        "echo 0 >/proc/sys/net/ipv4/ip_forward",
        "ip link add strange type veth",
        "ip link set lo down",
    ),
}
"""Commands in the router's namespace and in a translating one; each adds or changes what no leg's part names."""


@pytest.fixture(scope="module")
def grounds() -> Iterator[Grounds]:
    with laid_out() as found:
        found.stage.up()
        yield found


def edits(grounds: Grounds, document: Document) -> Iterator[tuple[str, str, str, str]]:
    """Yield round, key, namespace and command for each part of an uplink, or of the table of neighbours."""
    parts, router = document.parts, grounds.stage.scope.namespace
    for key, value in parts.items():
        head, _, rest = key.partition("/")
        if key in KNOWN_BY:
            continue
        if head == "nat" or document.kind is Kind.TABLE:
            table = parts.get("nat/table", parts.get("table", ""))
            how, line = against_rules(table, rest if head == "nat" else key, value)
        elif head == "space":
            how, line = against("lo", "up" if rest == "lo" else rest, value)
        else:
            how, line = against(HEADS.get(head, parts.get("name", "")), rest if head in HEADS else key, value)
        inside = head in {*HEADS, "nat", "space"}
        yield how, key, parts["namespace"] if inside else router, line


def against(link: str, key: str, value: str) -> tuple[str, str]:
    """Return the round, and a command that changes one part of a link."""
    path, (head, _, rest) = sysctl_path(key, link), key.partition("/")
    if path:
        return "settings", f"echo {80 if key.endswith('delay') else int(value == '0')} >{path}"
    if head in {"route", "default"}:
        return "ways", f"ip route del {rest or 'default'} dev {link}"
    if head == "proxy":
        near, _, one = rest.partition("/")
        return "ways", f"ip neigh del proxy {one} dev {near}"
    if head in {"ipv4", "ipv6"}:
        return "ways", "; ".join(f"ip address del {one} dev {link}" for one in value.split())
    return {
        "neighbour": ("ways", f"ip neigh del {value.split(maxsplit=1)[0]} dev {link}"),
        "up": ("up", f"ip link set dev {link} down"),
        "mac": ("mac", f"ip link set dev {link} address 52:54:00:00:00:98"),
    }[key]


def against_rules(table: str, key: str, value: str) -> tuple[str, str]:
    """Return the round, and a command that changes a part of a table."""
    kind, _, name = key.partition("/")
    owner, _, rest = name.partition("/")
    if kind in {"rule", "order"} and value:
        return "rules", f"nft flush chain {table} {owner}"
    if kind == "element":
        return "ways", f"nft 'delete element {table} {owner} {{ {rest} }}'"
    if kind == "chain" and "policy" in value:
        other = "accept" if value.endswith("drop") else "drop"
        return "policies", f"nft 'chain {table} {owner} {{ policy {other}; }}'"
    return "tables", f"nft delete table {table}"


def by_hand(space: str, line: str) -> None:
    subprocess.run(["nsenter", f"--net=/run/netns/{space}", "sh", "-c", line], check=True, stderr=subprocess.DEVNULL)


def mend(grounds: Grounds) -> None:
    """Apply as often as a plan needs: what stood on something that was gone shows up missing afterwards."""
    for _ in range(2):
        grounds.stage.ensure(grounds.stage.changes())


def everything(grounds: Grounds) -> list[tuple[str, str, str, str]]:
    """Return round, part, namespace and command for every part of what stands for the plant outside."""
    documents = [*grounds.stage.documents(Kind.UPLINK), grounds.stage.document("table", "neighbours")]
    return [
        (how, f"{one.address} {key}", space, line) for one in documents for how, key, space, line in edits(grounds, one)
    ]


@pytest.mark.parametrize("which", ROUNDS)
def test_every_part_that_a_hand_changes_is_told_and_put_right(grounds: Grounds, which: str) -> None:
    mine = [(key, space, line) for how, key, space, line in everything(grounds) if how == which]
    for space in {space for _, space, _ in mine}:
        by_hand(space, "\n".join([*dict.fromkeys(line for _, where, line in mine if where == space), ":"]))
    told = {f"{change.address} {part.key}" for change in grounds.stage.changes() for part in change.parts}
    told |= {f"{one.address} {key}" for one in missing(grounds) for key in one.parts}
    assert {key for key, _, _ in mine} - told == set()
    mend(grounds)
    assert grounds.stage.drift() == []


def missing(grounds: Grounds) -> Iterator[Document]:
    yield from (change.after for change in grounds.stage.changes() if change.before is None and change.after)


def test_every_part_has_its_round(grounds: Grounds) -> None:
    assert {how for how, *_ in everything(grounds)} == set(ROUNDS)


@pytest.mark.parametrize("line", MISTAKEN)
def test_a_leg_that_was_renamed_or_taken_out_is_put_right(grounds: Grounds, line: str) -> None:
    subprocess.run(["sh", "-ec", line.format(space=grounds.stage.scope.namespace)], check=True)
    assert any("plink" in sentence for sentence in grounds.stage.drift())
    mend(grounds)
    assert grounds.stage.drift() == []


@pytest.mark.parametrize(("where", "line"), [(where, line) for where, lines in FOREIGN.items() for line in lines])
def test_what_nobody_declared_is_told_and_goes(grounds: Grounds, where: str, line: str) -> None:
    words = {"space": grounds.stage.scope.namespace, "table": grounds.stage.scope.table}
    by_hand(where.format(**words), line.format(**words))
    assert grounds.stage.drift() != []
    mend(grounds)
    assert grounds.stage.drift() == []
