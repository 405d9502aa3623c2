# SPDX-License-Identifier: Apache-2.0
"""Artifacts for the network tools of the host: every file as a part, as boot files are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping

from ringfence.base.addresses import Address
from ringfence.base.identity import canonical
from ringfence.compile.document import Artifact, Document, Kind
from ringfence.compile.part.hostnet import OWN, mode
from ringfence.compile.scope import Scope
from ringfence.facts.host import HostFacts
from ringfence.site.site import Site

from .own_links import own_files
from .uplink import uplink_files


def hostnet_artifacts(site: Site, scope: Scope, facts: HostFacts) -> Iterator[Artifact]:
    """Yield an artifact for Ringfence's own links and one per uplink that it takes, where any tool has to know.

    Nothing for a copy of the fabric: it touches nothing of the host.
    """
    if scope.fabric != "live":
        return
    files = own_files(scope, facts.network.tools)
    if files:
        yield _artifact(scope, OWN, files, ())
    for uplink in site.uplinks.values():
        told = uplink_files(site, scope, uplink, facts) if uplink.host == scope.host else {}
        if told:
            yield _artifact(scope, (uplink.name,), told, (f"uplink/{uplink.name}",))


def hostnet_parts(files: Mapping[str, str], modes: Mapping[str, str]) -> dict[str, str]:
    """Return the parts of files by path: ``file/etc/...`` is the SHA-256 of a content, ``mode/etc/...`` octal."""
    contents = {f"file{path}": hashlib.sha256(text.encode()).hexdigest() for path, text in files.items()}
    return contents | {f"mode{path}": modes[path] for path in files}


def read_files(body: str) -> dict[str, str]:
    """Return contents by path of a document's body. Raises ValueError, KeyError for anything else."""
    return dict(json.loads(body)["files"])


def _artifact(scope: Scope, names: tuple[str, ...], files: Mapping[str, str], clauses: tuple[Address, ...]) -> Artifact:
    parts = hostnet_parts(files, {path: mode(path) for path in files})
    body = canonical({"files": dict(files)})
    return Artifact(Document(scope.address("hostnet", *names), Kind.HOSTNET, parts, body), clauses)
