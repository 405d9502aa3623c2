# SPDX-License-Identifier: Apache-2.0
"""A case is a folder of tests/golden/site: site.yaml, and expected.txt with what the loader says about it.

Files beside site.yaml may be named in it. ``pytest tests/unit/site --regenerate`` writes expected.txt anew; read the
difference before it is committed.
"""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any

from ringfence.base.diagnostics import Diagnostic
from ringfence.site.catalogue import CATALOGUE
from ringfence.site.loader import load
from ringfence.site.site import Site

CASES = Path(__file__).resolve().parents[2] / "golden" / "site"
FOLDER = "/srv/site"


def loaded(case: Path) -> tuple[Site | None, tuple[Diagnostic, ...]]:
    def read(path: str) -> bytes:
        return (case / Path(path).relative_to(FOLDER)).read_bytes()

    return load((case / "site.yaml").read_bytes(), "site.yaml", FOLDER, read)


def told(case: Path) -> str:
    """What the loader says: a line and what to do for each problem, or the site."""
    site, problems = loaded(case)
    if site is None:
        return "".join(
            f"{found.where}: {found.id} {found.subject}: {found.problem}\n    {found.fix}\n" for found in problems
        )
    return json.dumps(shown(site), indent=1, ensure_ascii=False) + "\n"


def shown(value: Any) -> Any:
    """Dataclasses as mappings without fields that are as they would be anyway; the catalogue is left out."""
    if isinstance(value, Site):
        own = {name: one for name, one in value.services.items() if CATALOGUE.get(name) != one}
        parts = {field.name: getattr(value, field.name) for field in fields(value) if field.name != "marks"}
        return shown({**parts, "services": own})
    if is_dataclass(value):
        return {
            field.name: shown(held) for field in fields(value) if (held := getattr(value, field.name)) != field.default
        }
    if isinstance(value, dict):
        return {name: shown(held) for name, held in value.items()}
    if isinstance(value, (list, tuple)):
        return [shown(held) for held in value]
    return value if isinstance(value, (str, int, float)) and not isinstance(value, Enum) else plain(value)


def plain(value: Any) -> Any:
    return None if value is None else value.isoformat() if isinstance(value, date) else str(value)
