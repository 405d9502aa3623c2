# SPDX-License-Identifier: Apache-2.0
"""The boot artifact: every file as a part, so that one changed by hand is drift like any other."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ringfence.base.identity import canonical
from ringfence.compile.document import Artifact, Document, Kind
from ringfence.compile.scope import Scope
from ringfence.facts.host import HostFacts
from ringfence.site.site import Site

from .fabric import fabric_files
from .inventory import Inventory
from .units import unit_files
from .workloads import workload_files

SCRIPT_MODE, TEXT_MODE = "0700", "0600"


def boot_artifact(artifacts: Sequence[Artifact], site: Site, scope: Scope, facts: HostFacts) -> Artifact:
    """Return the BOOT artifact of a compiled fabric and its workloads.

    Parts: ``file/NAME`` and ``unit/NAME`` are SHA-256 of contents, ``mode/NAME`` octal modes, ``enabled/UNIT`` is
    ``yes``. Units are there on hosts with systemd only. ``body`` is JSON: ``{"files": {...}, "units": {...}}``.
    """
    inventory = Inventory(scope, artifacts)
    files = {**fabric_files(inventory), **workload_files(inventory, site)}
    units = unit_files(scope, site) if facts.systemd else {}
    body = canonical({"files": files, "units": units})
    return Artifact(Document(scope.address("boot", "files"), Kind.BOOT, boot_parts(files, units), body))


def boot_again(artifacts: Sequence[Artifact], before: Sequence[Artifact], scope: Scope) -> tuple[Artifact, ...]:
    """Return artifacts with boot files that fit them: only the files of the fabric are not those of ``before``."""
    old, new = (fabric_files(Inventory(scope, standing)) for standing in (before, artifacts))
    return tuple(_again(one, old, new) if one.document.kind is Kind.BOOT else one for one in artifacts)


def _again(boot: Artifact, old: Mapping[str, str], new: Mapping[str, str]) -> Artifact:
    files, units = read_body(boot.document.body)
    files = {**{name: text for name, text in files.items() if name not in old}, **new}
    parts, body = boot_parts(files, units), canonical({"files": files, "units": units})
    return replace(boot, document=replace(boot.document, parts=parts, body=body))


def boot_parts(files: Mapping[str, str], units: Mapping[str, str]) -> dict[str, str]:
    """Return the parts of files by name below the boot folder and of systemd's units by name, all enabled."""
    parts = {f"file/{name}": _sha256(text) for name, text in files.items()}
    parts |= {f"mode/{name}": SCRIPT_MODE if name.endswith(".sh") else TEXT_MODE for name in files}
    for name, text in units.items():
        parts |= {f"unit/{name}": _sha256(text), f"enabled/{name}": "yes"}
    return parts


def read_body(body: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return files and units of a boot document's body. Raises ValueError, KeyError for anything else."""
    told = json.loads(body)
    return dict(told["files"]), dict(told["units"])


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
