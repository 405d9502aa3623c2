# SPDX-License-Identifier: Apache-2.0
"""What an operator sees: one page of values, and the same as data. Pure."""

from __future__ import annotations

from html import escape

from guests.roles.scada.forward import Forwarding
from guests.roles.scada.readings import Reading

STYLE = """
body { font: 18px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #1b2733 }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .4rem .8rem; border-bottom: 1px solid #d5dde5 }
.bar { background: #e6edf3; width: 10rem; height: 1rem } .bar div { background: #1c6ea4; height: 100% }
.bad { color: #a11; font-weight: 600 } footer { margin-top: 1.5rem; color: #51606e }
"""
HIGH, LOW = 1, 2
"""Bits of the alarms register."""


def page(title: str, readings: dict[str, Reading], forwarding: Forwarding | None, now: float) -> str:
    """Answer the page, which loads itself anew every two seconds."""
    rows = "".join(_row(name, reading, now) for name, reading in sorted(readings.items()))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="2">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><h1>{escape(title)}</h1>"
        "<table><thead><tr><th>Tank</th><th colspan=2>Level</th><th>Set-point</th><th>Pump</th><th>Valve</th>"
        f"<th>In</th><th>Out</th><th>State</th></tr></thead><tbody>{rows or _empty()}</tbody></table>"
        f"<footer>{escape(_footer(forwarding))}</footer></body></html>\n"
    )


def _empty() -> str:
    return "<tr><td colspan=9>No controller is named in this guest's seed (PLC_name=address:port).</td></tr>"


def _row(name: str, reading: Reading, now: float) -> str:
    value = reading.values.get
    level = value("level", 0)
    cells = (
        f"<th>{escape(name)}</th><td>{level} mm</td>"
        f'<td><div class="bar"><div style="width:{min(100, level / 10):.0f}%"></div></div></td>'
        f"<td>{value('setpoint', 0)} mm</td><td>{'on' if value('pump') else 'off'}</td><td>{value('valve', 0)} %</td>"
        f"<td>{value('inflow', 0)} l/s</td><td>{value('outflow', 0)} l/s</td>"
    )
    if reading.at is None:
        cells = f"<th>{escape(name)}</th><td colspan=7>&ndash;</td>"
    return f"<tr>{cells}{_state(reading, now)}</tr>"


def _state(reading: Reading, now: float) -> str:
    if not reading.fresh(now):
        return f'<td class="bad">{escape(reading.error or "no answer yet")}</td>'
    alarms = reading.values.get("alarms", 0)
    if alarms & (HIGH | LOW):
        return f'<td class="bad">{"level high" if alarms & HIGH else "level low"}</td>'
    return "<td>good</td>"


def _footer(forwarding: Forwarding | None) -> str:
    if forwarding is None:
        return "No historian is named in this guest's seed."
    text = f"Historian {forwarding.url}: {forwarding.sent} points sent, {forwarding.waiting} waiting"
    text += f", {forwarding.dropped} given up" if forwarding.dropped else ""
    return f"{text}. {forwarding.error or ''}"


def values(readings: dict[str, Reading], forwarding: Forwarding | None, now: float) -> dict[str, object]:
    """Answer the page's content as a JSON document; guests/README.md describes it."""
    historian = None
    if forwarding is not None:
        historian = {key: getattr(forwarding, key) for key in ("url", "sent", "waiting", "dropped", "error")}
    return {"plcs": {name: _values(reading, now) for name, reading in readings.items()}, "historian": historian}


def _values(reading: Reading, now: float) -> dict[str, object]:
    age = reading.age(now)
    return {
        "address": reading.address,
        "ok": reading.fresh(now),
        "age": None if age is None else round(age, 1),
        "values": reading.values,
        "error": reading.error,
    }
