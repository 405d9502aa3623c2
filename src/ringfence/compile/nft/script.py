# SPDX-License-Identifier: Apache-2.0
"""Scripts for ``nft -f``, made from parts alone, so that what was observed can be made again as well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ringfence.compile.part.element import add_elements, own_elements


def table_script(parts: Mapping[str, str]) -> str:
    """Return commands that bring a table to ``parts``; what stands is kept, rules are replaced, in one transaction.

    Sets and maps keep their elements. Fails in nft when one stands with another type.
    """
    table = parts["table"]
    lines = [f"add table {table}", *_objects(table, parts), *chain_lines(table, parts)]
    lines += add_elements(table, own_elements(parts))
    return "\n".join(lines) + "\n"


def chain_lines(table: str, parts: Mapping[str, str]) -> Iterator[str]:
    """Yield commands that make the chains among the parts, empty them, and fill them again."""
    yield from _chains(table, parts)
    yield from _rules(table, parts)


def _objects(table: str, parts: Mapping[str, str]) -> Iterator[str]:
    for key, value in sorted(parts.items()):
        kind, _, name = key.partition("/")
        if kind == "counter":
            yield f"add counter {table} {name}"
        elif kind in {"map", "set"}:
            yield f"add {kind} {table} {name} {{ {value}; }}"


def _chains(table: str, parts: Mapping[str, str]) -> Iterator[str]:
    for key, value in parts.items():
        kind, _, name = key.partition("/")
        if kind == "chain":
            yield f"add chain {table} {name}" + (f" {{ type {value}; }}" if value != "regular" else "")
            yield f"flush chain {table} {name}"


def _rules(table: str, parts: Mapping[str, str]) -> Iterator[str]:
    for key, value in parts.items():
        kind, _, chain = key.partition("/")
        if kind == "order":
            for slug in filter(None, value.split(", ")):
                yield f'add rule {table} {chain} {parts[f"rule/{chain}/{slug}"]} comment "{slug}"'
