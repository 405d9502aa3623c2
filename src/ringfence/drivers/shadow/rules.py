# SPDX-License-Identifier: Apache-2.0
"""Rules as nft lists them (libnftables-json(5)) become commands that load them again: each rule, flag and element.

What nobody compiled comes along, at its place among the others, and so does what nobody of ours could read.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

Entry = dict[str, Any]
_LOOKUPS = ("set", "map")
_COUNTS = ("handle", "packets", "bytes")
LASTING_S = 3600
"""Seconds that a grant lasts in the copy, where it has to outlive the trial."""


def commands(listing: str) -> list[Entry]:
    """Return the commands that load what was listed, in an order in which each finds what it names."""
    entries = [one for one in _entries(listing) if "metainfo" not in one]
    first = ("table", "counter", "quota", "limit", "ct helper", "ct timeout", "secmark", "flowtable", "chain")
    found = [{kind: _plain(value)} for kind in first for value in _of(entries, kind)]
    found += [{kind: _without(_plain(value), "elem")} for kind in _LOOKUPS for value in _of(entries, kind)]
    found += [one for kind in _LOOKUPS for value in _of(entries, kind) for one in _elements(value)]
    known = {*first, *_LOOKUPS, "rule"}
    found += [{kind: _plain(value)} for one in entries for kind, value in one.items() if kind not in known]
    return [{"add": one} for one in (*found, *({"rule": _plain(value)} for value in _of(entries, "rule")))]


def script(found: list[Entry]) -> str:
    """Return commands as nft reads them."""
    return json.dumps({"nftables": found})


def normal(listing: str) -> dict[str, list[str]]:
    """Return the entries of a listing as text that is the same for the same rules.

    Rules are listed by chain, in their order; of anything else the order means nothing.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for one in _entries(listing):
        for kind, value in one.items():
            ruled = kind == "rule"
            place = " ".join(str(value[key]) for key in ("family", "table", "chain")) if ruled else ""
            found[place].append(json.dumps({kind: _level(value)}, sort_keys=True))
    found[""].sort()
    return dict(found)


def _entries(listing: str) -> list[Entry]:
    found = json.loads(listing)["nftables"] if listing.strip() else []
    return [one for one in found if "metainfo" not in one]


def _of(entries: list[Entry], kind: str) -> Iterator[Entry]:
    yield from (one[kind] for one in entries if kind in one)


def _plain(value: Entry) -> Entry:
    return _without(value, *_COUNTS)


def _without(value: Entry, *keys: str) -> Entry:
    return {key: one for key, one in value.items() if key not in keys}


def _elements(value: Entry) -> Iterator[Entry]:
    if value.get("elem"):
        elements = [_lasting(one) for one in value["elem"]]
        yield {"element": {**{key: value[key] for key in ("family", "table", "name")}, "elem": elements}}


def _lasting(element: Any) -> Any:  # noqa: ANN401 - JSON: a key, or a key and its value
    """Return an element that does not end in the middle of a trial, and has counted nothing yet."""
    if isinstance(element, list):
        return [_lasting(element[0]), *element[1:]]
    if not isinstance(element, dict) or "elem" not in element:
        return element
    inner = _without(element["elem"], "expires", "counter")
    return {"elem": {**inner, **({"timeout": LASTING_S} if "expires" in element["elem"] else {})}}


def _level(value: Any) -> Any:  # noqa: ANN401 - JSON
    if not isinstance(value, dict):
        return value
    plain = _plain(value)
    if "elem" in plain:
        plain["elem"] = sorted(
            (_lasting(one) for one in plain["elem"]), key=lambda one: json.dumps(one, sort_keys=True)
        )
    if "expr" in plain:
        plain["expr"] = [_uncounted(one) for one in plain["expr"]]
    return plain


def _uncounted(statement: Any) -> Any:  # noqa: ANN401 - JSON
    return (
        {"counter": None} if isinstance(statement, dict) and isinstance(statement.get("counter"), dict) else statement
    )
