# SPDX-License-Identifier: Apache-2.0
"""How the plant is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from ringfence.cli.columns import Cell, Row, table
from ringfence.cli.paint import Paint
from ringfence.messages.status import AssetStatus, InterfaceStatus, SiteStatus, UplinkStatus, WorkloadStatus

from .denied import meaning
from .restrictions import warning_lines
from .verified import verified_cell, verified_lines
from .words import counted, duration, listed, wrapped

HEALTH = {
    "healthy": ("ok", ("green",)),
    "starting": ("..", ("yellow",)),
    "unhealthy": ("!!", ("red", "bold")),
    "stopped": ("--", ("dim",)),
    "unknown": ("??", ("magenta",)),
}
"""A sign and styles for each health, so that no colour is needed."""
HEAD = ("", "ZONE", "WORKLOAD", "STATE", "HEALTH", "ADDRESS", "DRIFT", "AGE", "VERIFIED")


def status_lines(status: SiteStatus, paint: Paint) -> list[str]:
    """Return the table, then everything a person should know about the site as a whole."""
    lines = [*_warnings(status, paint)]
    rows = [row for one in status.workloads for row in _rows(one, status.at)]
    lines += table(HEAD, rows, paint) if rows else ["No workloads."]
    lines += _details(status.workloads)
    lines += outside_lines(status.uplinks, paint)
    lines += _grants(status, paint)
    lines += _denied(status, paint)
    lines += verified_lines(status, paint)
    if status.drift:
        count = counted(len(status.drift), "difference", "differences")
        lines += ["", f"{count} from revision {status.revision}: 'ringfence drift' tells them."]
    return [*lines, "", summary(status)]


def summary(status: SiteStatus) -> str:
    """Return the status in one sentence."""
    count = Counter[str](one.health for one in status.workloads)
    parts = [f"{count[health]} {health}" for health in HEALTH if count[health]]
    at = f"{status.at:%Y-%m-%d %H:%M:%S} UTC"
    return f"Site {status.site}, revision {status.revision}, {at}: {listed(parts) or 'no workloads'}."


def _warnings(status: SiteStatus, paint: Paint) -> Iterator[str]:
    yield from warning_lines(status.restrictions, paint)
    if status.simulated:
        yield paint("SIMULATED: no real host stands behind this.", "magenta", "bold")
    if status.emulated:
        text = f"SOFTWARE EMULATION: {status.acceleration} Promises about time do not hold."
        yield from (paint(line, "yellow") for line in wrapped(text))
    if status.unfinished_job:
        text = f"UNFINISHED: {status.unfinished_job} is at work, or was interrupted. " + _GO_ON
        yield from (paint(line, "red", "bold") for line in wrapped(text))


_GO_ON = "'ringfence apply' brings the plant to what its file says, 'ringfence revert' to what ran before."


def _rows(one: WorkloadStatus, now: datetime) -> Iterator[Row]:
    """Yield the workload's row, one for each interface behind the first, and one for each shared address."""
    sign, styles = HEALTH[one.health]
    drift = Cell(str(one.drift), ("yellow", "bold")) if one.drift else Cell("-")
    address = one.addresses[0] if one.addresses else "-"
    shown = (Cell(sign, styles), one.zone, one.name, one.state, Cell(one.health, styles), address, drift, _age(one))
    yield [*shown, verified_cell(one.verified, now)]
    for place, nic in enumerate(one.interfaces):
        if place:
            yield [
                "",
                nic.zone,
                f"  {nic.name}",
                _kind(nic),
                "",
                nic.addresses[0] if nic.addresses else "-",
                "",
                "",
                "",
            ]
        yield from (["", nic.zone, f"  {nic.name}", "shared", "", shared, "", "", ""] for shared in nic.shared)


def _kind(nic: InterfaceStatus) -> str:
    return "" if nic.kind == "bridge" else nic.kind


def _age(one: WorkloadStatus) -> str:
    return "now" if one.age_s < 1 else duration(round(one.age_s))


def _details(workloads: Sequence[WorkloadStatus]) -> list[str]:
    told = [one for one in workloads if one.health in {"unhealthy", "unknown", "starting"} and one.detail]
    lines = [line for one in told for line in wrapped(f"{one.name}: {one.detail}", "  ")]
    return ["", *lines] if lines else []


def outside_lines(uplinks: Sequence[UplinkStatus], paint: Paint) -> list[str]:
    """Return the uplinks with their interface, and the assets behind them with all of their addresses."""
    rows: list[Row] = []
    for one in uplinks:
        styles = () if one.state == "connected" else ("yellow", "bold")
        rows.append([one.name, one.interface, Cell(one.state, styles), ""])
        rows += [["", one.zone, f"  {one.name}", _seen(one)] for one in one.assets]
    head = ("UPLINK", "INTERFACE", "STATE", "ADDRESS")
    return ["", *table(head, rows, paint)] if rows else []


def _seen(asset: AssetStatus) -> str:
    seen = " ".join(asset.addresses) or "-"
    return f"{seen} (in the plant {', '.join(asset.real)})" if asset.real else seen


def _grants(status: SiteStatus, paint: Paint) -> list[str]:
    if not status.grants:
        return []
    lines = [f"  {one.conduit}: open for another {duration(one.left_s)}" for one in status.grants]
    return ["", paint("Grants that run:", "bold"), *lines]


def _denied(status: SiteStatus, paint: Paint) -> list[str]:
    rows: list[Row] = [
        [f"{number}", reason, Cell(meaning(reason), ("dim",))]
        for reason, number in sorted(status.denied.items())
        if number
    ]
    return ["", paint("Denied packets by reason:", "bold"), *table((), rows, paint, "  ")] if rows else []
