# SPDX-License-Identifier: Apache-2.0
"""What ``conntrack -L -o extended`` prints becomes connections: one a line, the opener's direction first.

Read by splitting words: a listing may have a hundred thousand lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ringfence.facts.connection import Connection

_NAMES = {"ipv6-icmp": "icmpv6"}
_BEFORE_STATE = 5
"""Words before a TCP connection's state: family, its number, protocol, its number, seconds left."""
_ECHO = frozenset({"icmp", "icmpv6"})


def timeouts(text: str) -> dict[str, int]:
    """Return the kernel's timeouts in seconds (``tcp_timeout_established``) from lines of ``grep -H ^``."""
    found = {}
    for line in text.splitlines():
        path, _, value = line.rpartition(":")
        if value.isdecimal():
            found[path.rpartition("/")[2].removeprefix("nf_conntrack_")] = int(value)
    return found


def connections(text: str, limits: Mapping[str, int]) -> Iterator[Connection]:
    """Yield the connections of a listing; a line that is none is left out. ``limits`` are the kernel's timeouts."""
    for line in text.splitlines():
        words = line.split()
        if len(words) > _BEFORE_STATE and words[0] in {"ipv4", "ipv6"}:
            found = _connection(words, limits)
            if found is not None:
                yield found


def _connection(words: list[str], limits: Mapping[str, int]) -> Connection | None:
    protocol = _NAMES.get(words[2], words[2])
    first, second, age = _fields(words)
    if "src" not in first or "dst" not in first or not words[4].isdecimal():
        return None
    state = words[_BEFORE_STATE] if "=" not in words[_BEFORE_STATE] else ""
    limit = limits.get(_limit(protocol, state, words))
    return Connection(
        words[3] if protocol == "unknown" else protocol,
        first["src"],
        first["dst"],
        0 if protocol in _ECHO else _number(first, "dport"),
        "UNREPLIED" if "[UNREPLIED]" in words else state.strip("[]") if protocol == "tcp" else "",
        _number(first, "packets"),
        _number(first, "bytes"),
        _number(second, "packets"),
        _number(second, "bytes"),
        int(age) if age.isdecimal() else None,
        max(limit - int(words[4]), 0) if limit is not None else None,
    )


def _fields(words: list[str]) -> tuple[dict[str, str], dict[str, str], str]:
    """Return the opener's fields, the answerer's, and the age."""
    first: dict[str, str] = {}
    second: dict[str, str] = {}
    into, age = first, ""
    for word in words[_BEFORE_STATE:]:
        name, is_field, value = word.partition("=")
        if name == "src" and first:
            into = second
        if name == "delta-time":
            age = value
        elif is_field:
            into[name] = value
    return first, second, age


def _limit(protocol: str, state: str, words: list[str]) -> str:
    """Return the name of the timeout that began anew with the last packet."""
    if protocol == "tcp":
        return f"tcp_timeout_{state.lower()}"
    stream = "_stream" if protocol == "udp" and "[ASSURED]" in words else ""
    return f"{protocol}_timeout{stream}"


def _number(fields: dict[str, str], name: str) -> int:
    text = fields.get(name, "")
    return int(text) if text.isdecimal() else 0
