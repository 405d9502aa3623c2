# SPDX-License-Identifier: Apache-2.0
"""Live conversations as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ringfence.base.units import quantity
from ringfence.cli.columns import Cell, table
from ringfence.cli.paint import Paint
from ringfence.messages.flows import FlowEnd, FlowLine, FlowReport

from .words import counted, duration, wrapped

HEAD = ("FROM", "TO", "SERVICE", "CONDUIT", "CONN", "SENT", "BACK", "AGE", "IDLE")
_MOST = 20
"""Notes that are shown."""


def flow_lines(report: FlowReport, paint: Paint) -> list[str]:
    """Return one line a conversation, then what stands out."""
    lines = [paint("SIMULATED: no real host stands behind this.", "magenta", "bold")] if report.simulated else []
    head = (*HEAD[:5], "SENT/s", "BACK/s", *HEAD[7:]) if report.over_s else HEAD
    if report.flows:
        lines += table(head, [_row(one) for one in report.flows], paint)
    lines += _outstanding(report.flows, paint)
    return [*lines, *([""] if lines else []), *wrapped(summary(report))]


def summary(report: FlowReport) -> str:
    """Return the whole in a sentence."""
    shown = counted(len(report.flows), "conversation", "conversations")
    of = f" of {report.total}" if len(report.flows) != report.total else ""
    connections = sum(one.connections for one in report.flows)
    over = f", over {report.over_s:.1f} s" if report.over_s else ""
    return (
        f"Site {report.site}, {report.at:%Y-%m-%d %H:%M:%S} UTC{over}: {shown}{of} in "
        f"{counted(connections, 'connection', 'connections')}."
    )


def end_name(end: FlowEnd) -> str:
    """Return a name where the address has one."""
    return end.of.removeprefix("workload/").removeprefix("asset/") or end.address


def service_name(protocol: str, port: int, service: str) -> str:
    """Return ``modbus tcp/502``, or what there is of it."""
    flow = f"{protocol}/{port}" if port else protocol
    return f"{service} {flow}" if service and service not in {flow, "ping"} else flow


def _row(one: FlowLine) -> list[Cell | str]:
    names = [end_name(one.source), end_name(one.target)]
    sent, back = (one.sent_bytes, one.received_bytes)
    if one.sent_bytes_s is not None and one.received_bytes_s is not None:
        amounts = [quantity(one.sent_bytes_s), quantity(one.received_bytes_s)]
    else:
        amounts = [quantity(sent), quantity(back)]
    number = f"{one.connections}" if one.connections > 1 else ""
    service = service_name(one.protocol, one.port, one.service)
    return [*names, service, _conduit(one), number, *amounts, _time(one.age_s), _time(one.idle_s)]


def _conduit(one: FlowLine) -> Cell:
    if one.standing == "conduit":
        return Cell(", ".join(one.conduits))
    if one.standing == "none":
        return Cell("NONE", ("red", "bold"))
    return Cell("(peers are open)" if one.standing == "peers" else "(router)", ("dim",))


def _time(seconds: int | None) -> str:
    return "-" if seconds is None else duration(seconds)


def _outstanding(flows: Sequence[FlowLine], paint: Paint) -> Iterator[str]:
    noted = [one for one in flows if one.note]
    if noted:
        yield ""
    for one in noted[:_MOST]:
        styles = ("red",) if one.standing == "none" else ()
        service = service_name(one.protocol, one.port, one.service)
        text = f"{end_name(one.source)} to {end_name(one.target)}, {service}: {one.note}"
        yield from (paint(line, *styles) for line in wrapped(text, "  "))
    if len(noted) > _MOST:
        yield f"  ... and {len(noted) - _MOST} more; --json tells all."
