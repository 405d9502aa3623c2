# SPDX-License-Identifier: Apache-2.0
"""What somebody changes by hand, and the words that have to be in the sentence about it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.integration.waterworks.works import Works, meddle


@dataclass(frozen=True)
class Meddling:
    """One change behind Ringfence's back."""

    change: Callable[[Works], object]
    words: tuple[str, ...]


def tap(works: Works, workload: str) -> str:
    """The host's end of a workload's port."""
    return meddle("virsh", "-q", "domiflist", works.domain(workload)).split()[0]


def nft(works: Works, command: str) -> str:
    return works.router("nft", command.replace("TABLE", f"inet {works.table}"))


def delete_element(works: Works) -> None:
    listed = works.router("nft", "list", "map", "inet", works.table, "c4_supervision")
    element = next(part for part in listed.split("elements = {")[1].split(",") if "10.10.1.12" in part)
    key = element.split(" comment")[0].split(" :")[0].strip()
    nft(works, f"delete element TABLE c4_supervision {{ {key} }}")


def kill_dnsmasq(works: Works) -> None:
    pid = int(Path(f"/run/ringfence/{works.name}/live/dnsmasq.pid").read_text())
    os.kill(pid, signal.SIGKILL)


def edit_definition(works: Works, old: str, new: str) -> None:
    """As ``virsh edit`` does it."""
    text = meddle("virsh", "dumpxml", "--inactive", works.domain("scada"))
    assert text.count(old) == 1, text
    meddle("virsh", "define", "/dev/stdin", given=text.replace(old, new))


CASES = {
    "policy": Meddling(
        lambda works: nft(works, "chain TABLE forward { policy accept; }"),
        ("rules of the router", "forward", "accept", "drop"),
    ),
    "rule": Meddling(
        lambda works: nft(works, "insert rule TABLE forward accept"), ("rules of the router", "forward", "accept")
    ),
    "element": Meddling(delete_element, ("onduit poll", "10.10.1.12")),
    "isolation": Meddling(
        lambda works: meddle("bridge", "link", "set", "dev", tap(works, "plc-north"), "isolated", "off"),
        ("port eth0 of workload plc-north", "isolated"),
    ),
    "dnsmasq": Meddling(kill_dnsmasq, ("address service",)),
    "definition": Meddling(
        lambda works: edit_definition(works, "<vcpu placement='static'>1</vcpu>", "<vcpu placement='static'>2</vcpu>"),
        ("definition of workload scada", "vcpu", "2", "1"),
    ),
    "guard": Meddling(
        lambda works: meddle("nft", "delete", "table", "bridge", works.table), ("rules of the guard", "missing")
    ),
}
