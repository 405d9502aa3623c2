# SPDX-License-Identifier: Apache-2.0
"""What ``nft -j list`` prints becomes tables: parts of their structure, and elements with their owners."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from ringfence.compile.part.element import MEMBER, Element

from .nft_text import Node, key_text, rule_text, verdict_text


@dataclass(slots=True)
class Listed:
    """One table. ``parts`` are those of ``compile.nft.table.Table`` without elements, and ``foreign/...``."""

    family: str
    name: str
    parts: dict[str, str] = field(default_factory=dict)
    elements: list[Element] = field(default_factory=list)
    """A grant's element has the seconds that are left as its timeout."""
    counters: dict[str, int] = field(default_factory=dict)
    """Packets by counter."""


def listed_tables(text: str) -> dict[tuple[str, str], Listed]:
    """Return the tables of a listing by family and name."""
    found: dict[tuple[str, str], Listed] = {}
    for entry in json.loads(text)["nftables"] if text.strip() else []:
        (kind, value), *_ = entry.items()
        if kind == "metainfo":
            continue
        if kind == "table":
            table = Listed(value["family"], value["name"])
            table.parts["table"] = f"{table.family} {table.name}"
            table.parts |= {f"foreign/flag/{flag}": "set" for flag in _flags(value)}
            found[table.family, table.name] = table
        elif (value["family"], value.get("table")) in found:
            _read(found[value["family"], value["table"]], kind, value)
    return found


def _read(table: Listed, kind: str, value: Node) -> None:
    name = value.get("name", "")
    if kind == "counter":
        table.parts[f"counter/{name}"] = "counter"
        table.counters[name] = value["packets"]
    elif kind in {"map", "set"}:
        table.parts[f"{kind}/{name}"] = _definition(value)
        table.elements += _elements(name, value)
    elif kind == "chain":
        table.parts[f"chain/{name}"] = _hook(value)
        table.parts[f"order/{name}"] = ""
    elif kind == "rule":
        _rule(table, value)
    else:
        table.parts[f"foreign/{kind}/{name or value.get('handle')}"] = "there"


def _rule(table: Listed, value: Node) -> None:
    chain, slug = value["chain"], value.get("comment", "")
    text = rule_text(value["expr"])
    key = f"rule/{chain}/{slug}"
    if not slug or key in table.parts:
        table.parts[f"foreign/rule/{chain}/{value['handle']}"] = text
        return
    table.parts[key] = text
    order = table.parts.get(f"order/{chain}", "")
    table.parts[f"order/{chain}"] = f"{order}, {slug}" if order else slug


def _hook(value: Node) -> str:
    if "hook" not in value:
        return "regular"
    device = f" device {value['dev']}" if "dev" in value else ""
    return f"{value['type']} hook {value['hook']}{device} priority {value['prio']}; policy {value['policy']}"


def _types(value: Node) -> list[str]:
    """Return the key's data types; none of ours is declared by an expression (``typeof``), which newer nft shows."""
    typed = value["type"]
    if isinstance(typed, dict):
        return [json.dumps(typed)]
    return [typed] if isinstance(typed, str) else list(typed)


def _definition(value: Node) -> str:
    text = f"type {' . '.join(_types(value))}"
    text += " : verdict" if value.get("map") == "verdict" else f" : {value['map']}" if "map" in value else ""
    flags = sorted(_flags(value))
    text += f"; flags {','.join(flags)}" if flags else ""
    return text + "".join(f"; {key} {value[key]}" for key in ("timeout", "size", "gc-interval") if key in value)


def _flags(value: Node) -> list[str]:
    flags = value.get("flags", [])
    return [flags] if isinstance(flags, str) else list(flags)


def _elements(name: str, value: Node) -> Iterator[Element]:
    types, is_map = _types(value), "map" in value
    for entry in value.get("elem", []):
        key, data = entry if is_map else (entry, None)
        inner = key["elem"] if isinstance(key, dict) and "elem" in key else {"val": key}
        text = key_text(inner["val"], types)
        mapped = verdict_text(data) if isinstance(data, dict) else data or MEMBER
        yield Element(name, text, mapped, inner.get("comment", ""), inner.get("expires"))
