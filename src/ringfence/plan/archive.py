# SPDX-License-Identifier: Apache-2.0
"""Documents and artifacts as JSON, and compressed for keeping. Versioned: a newer form is refused, never guessed."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from ringfence.base.errors import BadInput
from ringfence.compile.document import Artifact, Document, Kind

VERSION = 1
_LEVEL = 1  # of zlib: XML shrinks 8-fold at 100 MB/s, higher levels cost more than the disk saves
_MOST_BYTES = 512 * 1024 * 1024
_NEXT = "Apply the site file again: it makes everything anew from the file and from what stands."


def document_to_json(document: Document) -> dict[str, Any]:
    """Return a document as plain values."""
    return {
        "address": document.address,
        "kind": str(document.kind),
        "parts": dict(document.parts),
        "body": document.body,
    }


def document_from_json(data: Mapping[str, Any]) -> Document:
    """Read what ``document_to_json`` wrote. Raises KeyError, ValueError, TypeError for anything else."""
    parts = {str(key): str(value) for key, value in data["parts"].items()}
    return Document(str(data["address"]), Kind(data["kind"]), parts, str(data["body"]))


def artifacts_to_bytes(artifacts: Iterable[Artifact]) -> bytes:
    """Return artifacts as compressed JSON."""
    rows = [
        {
            "document": document_to_json(artifact.document),
            "clauses": list(artifact.clauses),
            "needs": list(artifact.needs),
            "facts": dict(artifact.facts),
        }
        for artifact in artifacts
    ]
    text = json.dumps({"ringfence-artifacts": VERSION, "artifacts": rows}, ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode(), _LEVEL)


def artifacts_from_bytes(data: bytes) -> tuple[Artifact, ...]:
    """Read what ``artifacts_to_bytes`` wrote. Raises BadInput for anything else."""
    try:
        found = json.loads(_unpack(data))
        if found["ringfence-artifacts"] != VERSION:
            raise BadInput("These artifacts were kept by a newer Ringfence.", "Use the newer Ringfence again.")
        return tuple(_artifact(row) for row in found["artifacts"])
    except (zlib.error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput("The artifacts that were kept cannot be read.", _NEXT) from error


def _unpack(data: bytes) -> bytes:
    """Decompress at most 512 MiB, so that a damaged file cannot fill the memory."""
    unpacker = zlib.decompressobj()
    found = unpacker.decompress(data, _MOST_BYTES)
    if not unpacker.eof:
        message = "more data than artifacts can have, or less"
        raise ValueError(message)
    return found


def _artifact(row: Mapping[str, Any]) -> Artifact:
    return Artifact(
        document_from_json(row["document"]),
        tuple(str(clause) for clause in row["clauses"]),
        tuple(str(need) for need in row["needs"]),
        {str(key): str(value) for key, value in row["facts"].items()},
    )
