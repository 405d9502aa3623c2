# SPDX-License-Identifier: Apache-2.0
"""Elements of nftables' sets and maps: as parts hold them, as nft reads them, and as a listing gives them back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

MEMBER = "member"
"""Value of an element that is in a set, and maps to nothing."""
COMMENT_BYTES = 127
"""Longest comment of an element (libnftnl: NFTNL_UDATA_COMMENT_MAXLEN is 128 with the terminating zero)."""


class Element(NamedTuple):
    """An element of a set or map. ``timeout`` in seconds, None for good; ``owners`` is its comment.

    A tuple, because there may be tens of thousands.
    """

    lookup: str
    key: str
    value: str = MEMBER
    owners: str = ""
    timeout: int | None = None

    @property
    def text(self) -> str:
        """Return the element as nft reads it inside braces."""
        timeout = "" if self.timeout is None else f" timeout {self.timeout}s"
        comment = f' comment "{self.owners}"' if self.owners else ""
        value = "" if self.value == MEMBER else f" : {self.value}"
        return f"{self.key}{timeout}{comment}{value}"


def add_elements(table: str, elements: Iterable[Element], verb: str = "add") -> Iterator[str]:
    """Yield one command per set or map. ``table`` is family and name; with ``create`` none of them may be there."""
    for name, texts in _by_lookup((one.lookup, one.text) for one in elements):
        yield f"{verb} element {table} {name} {{ {', '.join(texts)} }}"


def delete_elements(table: str, keys: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield one command per set or map for pairs of its name and a key. All of them must be there."""
    for name, texts in _by_lookup(keys):
        yield f"delete element {table} {name} {{ {', '.join(texts)} }}"


def own_elements(parts: Mapping[str, str]) -> Iterator[Element]:
    """Yield the elements among the parts."""
    for key, value in parts.items():
        if key.startswith("element/"):
            _, lookup, element = key.split("/", 2)
            yield Element(lookup, element, value)


def _by_lookup(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, list[str]]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name, text in pairs:
        found[name].append(text)
    yield from sorted(found.items())
