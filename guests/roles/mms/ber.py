# SPDX-License-Identifier: Apache-2.0
"""ASN.1's basic encoding (ITU-T X.690) as far as MMS and GOOSE need it: tags of one byte, definite lengths. Pure."""

from __future__ import annotations

from collections.abc import Iterator

SHORT = 0x80
"""Lengths below this are one byte."""
LONG_TAG = 0x1F
MOST_LENGTH_BYTES = 3


class BerError(ValueError):
    """The bytes are no such encoding."""


def tlv(tag: int, *parts: bytes) -> bytes:
    """Answer tag, length and content."""
    content = b"".join(parts)
    size = len(content)
    if size < SHORT:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, SHORT | len(length)]) + length + content


def integer(tag: int, value: int) -> bytes:
    """Answer a number that is not negative, in as few bytes as its sign allows."""
    return tlv(tag, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def items(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Answer tag and content of everything that stands side by side. Raises BerError."""
    while data:
        tag, content, data = first(data)
        yield tag, content


def first(data: bytes) -> tuple[int, bytes, bytes]:
    """Answer tag and content of what stands first, and what follows it. Raises BerError."""
    if len(data) <= 1 or data[0] & LONG_TAG == LONG_TAG:
        raise BerError("A tag and a length were expected.")
    size, start = data[1], 2
    if size >= SHORT:
        count = size - SHORT
        if not 1 <= count <= MOST_LENGTH_BYTES or len(data) < start + count:
            raise BerError("The length is not written as it may be here.")
        size, start = int.from_bytes(data[start : start + count], "big"), start + count
    if len(data) < start + size:
        raise BerError("The content is shorter than its length.")
    return data[0], data[start : start + size], data[start + size :]


def inner(data: bytes, *tags: int) -> bytes:
    """Answer the content at the end of a path of tags, the first of each. Raises BerError."""
    for tag in tags:
        content = next((content for found, content in items(data) if found == tag), None)
        if content is None:
            raise BerError(f"There is no {tag:#04x}.")
        data = content
    return data
