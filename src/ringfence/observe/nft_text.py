# SPDX-License-Identifier: Apache-2.0
"""libnftables' JSON (libnftables-json(5)) as rule text, in the one form that the compiler writes too.

Versions print some things differently; what is known of that is levelled here. An expression that is not known
becomes its JSON, so that it never looks like a rule of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import IPv6Address
from typing import Any

from ringfence.base.identity import canonical

Node = Any
"""A value as ``json.loads`` gives it."""

_PROTOCOLS = {1: "icmp", 6: "tcp", 17: "udp", 58: "ipv6-icmp"}
"""Names that nft prints where the system has /etc/protocols (IANA protocol numbers)."""
_ETHER_TYPES = {"ip": 0x0800, "arp": 0x0806, "ip6": 0x86DD, "8021q": 0x8100, "8021ad": 0x88A8, "vlan": 0x8100}
_BARE_META = frozenset({"iif", "iifname", "oif", "oifname"})
_LINKS = frozenset({"iifname", "oifname"})
_VERDICTS = frozenset({"accept", "drop", "return", "continue", "notrack"})
"""Statements of one word."""
_TARGET = {"protocol": "icmpv6", "field": "taddr"}


def rule_text(expressions: list[Node]) -> str:
    """Return the text of a rule's expressions."""
    return " ".join(_statement(one) for one in expressions)


def verdict_text(verdict: Node) -> str:
    """Return ``accept`` or ``goto chain``."""
    (name, value), *_ = verdict.items()
    return f"{name} {value['target']}" if isinstance(value, dict) else str(name)


def key_text(key: Node, types: list[str]) -> str:
    """Return an element's key, ``types`` being the key's data types in order."""
    values = key["concat"] if isinstance(key, dict) and "concat" in key else [key]
    return " . ".join(_typed(value, typed) for value, typed in zip(values, _fill(types, values), strict=True))


def _fill(types: list[str], values: list[Node]) -> list[str]:
    return types if len(types) == len(values) else [""] * len(values)


def _typed(value: Node, typed: str) -> str:
    if typed == "ifname":
        return f'"{value}"'
    if typed == "ether_type":
        return f"0x{_ETHER_TYPES.get(value, value):x}"
    if typed == "mark":
        return _value(value, hexadecimal=True)
    if typed == "inet_proto":
        return _PROTOCOLS.get(value, str(value))
    if isinstance(value, str) and value.startswith("0x"):
        return f"0x{int(value, 16):032x}"
    return _value(value)


def _statement(node: Node) -> str:
    (name, value), *_ = node.items()
    if name in _VERDICTS:
        return str(name)
    found = _STATEMENTS.get(name)
    return found(value) if found else canonical(node)


def _match(value: Node) -> str:
    left, right = _raw(value["left"], value["right"])
    right = _right(left, right)
    operator = "" if value["op"] in {"==", "in"} else f"{value['op']} "
    return f"{_expression(left)} {operator}{right}"


def _raw(left: Node, right: Node) -> tuple[Node, Node]:
    """Return the first bits of a neighbour's address as nft 1.0.6 shows them; newer nft has a name for the field."""
    if left == {"payload": _TARGET} and isinstance(right, dict) and "prefix" in right:
        length = right["prefix"]["len"]
        bits = int(IPv6Address(right["prefix"]["addr"])) >> (128 - length)
        return {"payload": {"base": "th", "offset": 64, "len": length}}, bits
    return left, right


def _right(left: Node, right: Node) -> str:
    text = _value(right, hexadecimal=_hexadecimal(left))
    links = isinstance(left, dict) and left.get("meta", {}).get("key") in _LINKS
    return f'"{text}"' if links and isinstance(right, str) and not right.startswith("@") else text


def _hexadecimal(left: Node) -> bool:
    payload, meta = ({}, {}) if not isinstance(left, dict) else (left.get("payload", {}), left.get("meta", {}))
    ether = (payload.get("protocol"), payload.get("field")) == ("ether", "type")
    return ether or "base" in payload or meta.get("key") == "mark"


def _vmap(value: Node) -> str:
    data, key = value["data"], value["key"]
    if isinstance(data, str):
        return f"{_expression(key)} vmap {data}"
    hexadecimal = _hexadecimal(key)
    pairs = (f"{_value(one, hexadecimal=hexadecimal)} : {verdict_text(verdict)}" for one, verdict in data["set"])
    return f"{_expression(key)} vmap {{ {', '.join(pairs)} }}"


def _counter(value: Node) -> str:
    return f'counter name "{value}"' if isinstance(value, str) else "counter"


def _limit(value: Node) -> str:
    burst = f" burst {value['burst']} packets" if "burst" in value else ""
    over = "over " if value.get("inv") else ""
    return f"limit rate {over}{value['rate']}/{value['per']}{burst}"


def _log(value: Node) -> str:
    known = {"prefix": 'prefix "{}"', "group": "group {}"}
    return " ".join(["log", *(form.format(value[key]) for key, form in known.items() if key in value)])


def _mangle(value: Node) -> str:
    return f"{_expression(value['key'])} set {_value(value['value'], hexadecimal=_hexadecimal(value['key']))}"


def _dup(value: Node) -> str:
    device = f' device "{value["dev"]}"' if "dev" in value else ""
    return f"dup to {value['addr']}{device}"


def _jump(name: str) -> Callable[[Node], str]:
    return lambda value: f"{name} {value['target']}"


def _nat(name: str) -> Callable[[Node], str]:
    """Return what writes a translation: ``dnat to 10.1.1.7``, or of a range ``dnat ip prefix to 10.1.1.0/24``."""
    return lambda value: f"{name} {'ip prefix to' if 'prefix' in value['addr'] else 'to'} {_value(value['addr'])}"


def _expression(node: Node) -> str:
    if not isinstance(node, Mapping):
        return str(node)
    (name, value), *_ = node.items()
    found = _EXPRESSIONS.get(name)
    return found(value) if found else canonical(dict(node))


def _payload(value: Node) -> str:
    if value == _TARGET:
        return "@th,64,128"  # the same bytes; nft 1.0.6 has no name for them
    if "base" in value:
        return f"@{value['base']},{value['offset']},{value['len']}"
    return f"{value['protocol']} {value['field']}"


def _meta(value: Node) -> str:
    return value["key"] if value["key"] in _BARE_META else f"meta {value['key']}"


def _ct(value: Node) -> str:
    return " ".join(["ct", *filter(None, (value.get("dir"), value.get("family"))), value["key"]])


def _value(node: Node, *, hexadecimal: bool = False) -> str:
    if isinstance(node, int):
        return f"0x{node:x}" if hexadecimal else str(node)
    if not isinstance(node, dict):
        return str(node)
    if "prefix" in node:
        return f"{node['prefix']['addr']}/{node['prefix']['len']}"
    if "range" in node:
        return "-".join(str(end) for end in node["range"])
    if "set" in node:
        return f"{{ {', '.join(_value(one, hexadecimal=hexadecimal) for one in node['set'])} }}"
    return _expression(node)


_EXPRESSIONS: Mapping[str, Callable[[Node], str]] = {
    "payload": _payload,
    "meta": _meta,
    "ct": _ct,
    "concat": lambda value: " . ".join(_expression(one) for one in value),
    "map": lambda value: f"{_expression(value['key'])} map {value['data']}",
}
_STATEMENTS: Mapping[str, Callable[[Node], str]] = {
    "match": _match,
    "vmap": _vmap,
    "counter": _counter,
    "limit": _limit,
    "log": _log,
    "jump": _jump("jump"),
    "goto": _jump("goto"),
    "mangle": _mangle,
    "dup": _dup,
    "dnat": _nat("dnat"),
    "snat": _nat("snat"),
}
