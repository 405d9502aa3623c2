# SPDX-License-Identifier: Apache-2.0
"""Whole sites, compiled and held against what was recorded; the rules are read by the real nft."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests import factory

from ringfence.compile.allocate import allocate
from ringfence.compile.compiler import compile_host
from ringfence.compile.document import Artifact, Kind
from ringfence.compile.fabric import fabric_artifacts
from ringfence.compile.scope import Endpoints, Scope
from ringfence.facts.host import Acceleration, HostFacts, Versions
from ringfence.facts.image import ImageFacts
from ringfence.site.loader import load
from ringfence.site.site import Site

GOLDEN = Path(__file__).parents[2] / "golden" / "plants"
CASES = {
    "waterworks": "examples/waterworks/site.yaml",
    "waterworks-sealed": "examples/waterworks/site.yaml",
    "bay": "tests/golden/plants/bay/site.yaml",
    "gathering": "tests/golden/plants/gathering/site.yaml",
    "outside": "tests/integration/outside/site.yaml",
    "outside-sealed": "tests/integration/outside/site.yaml",
}
RULES = (Kind.TABLE, Kind.GUARD, Kind.CONDUIT, Kind.FRAMES, Kind.RELAY)


def told(case: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((GOLDEN / case / "facts.json").read_text())
    return found


def facts_of(case: str) -> HostFacts:
    found = told(case)
    versions = Versions(**{name: tuple(number) for name, number in found["versions"].items()})
    return factory.host_facts(
        acceleration=Acceleration(**found["acceleration"]),
        versions=versions,
        machines=found["machines"],
        systemd=found["systemd"],
    )


def site_of(repository: Path, case: str) -> Site:
    file = repository / CASES[case]
    site, _ = load(file.read_bytes(), CASES[case], str(file.parent), lambda path: Path(path).read_bytes())
    assert site is not None
    return site


def compiled(repository: Path, case: str) -> tuple[Artifact, ...]:
    site, facts, found = site_of(repository, case), facts_of(case), told(case)
    scope = Scope(site.name, "server1", found["fabric"], Endpoints(found["endpoints"]))
    images = {name: ImageFacts(f"{number:064x}", "qcow2", 64 << 20) for number, name in enumerate(site.images)}
    everywhere = dict.fromkeys(site.workloads, facts)
    bindings, clashes = allocate(site, everywhere, images, {}, dict.fromkeys(site.workloads, scope))
    assert clashes == ()
    here = frozenset(site.workloads)
    if scope.endpoints is Endpoints.STUB:
        return fabric_artifacts(site, here, bindings, scope, factory.NOW)
    return compile_host(site, here, bindings, facts, images, scope, factory.NOW)


def lines(artifacts: tuple[Artifact, ...]) -> Iterator[str]:
    """Every artifact as a person compares it: address, what it comes from and needs, and its parts."""
    for artifact in artifacts:
        yield f"{artifact.address}"
        yield f"    from  {' '.join(artifact.clauses) or '-'}"
        yield f"    needs {' '.join(artifact.needs) or '-'}"
        for key, value in sorted(artifact.document.parts.items()):
            yield f"    {key} = {value}"
        yield ""


@pytest.mark.parametrize("case", CASES)
def test_a_site_compiles_to_what_was_recorded(repository: Path, case: str, *, regenerate: bool) -> None:
    text = "\n".join(lines(compiled(repository, case)))
    recorded = GOLDEN / case / "artifacts.txt"
    if regenerate:
        recorded.write_text(text, encoding="utf-8")
    assert text == recorded.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("of_host", [False, True])
def test_the_real_nft_takes_the_rules(repository: Path, case: str, *, of_host: bool) -> None:
    bodies = [
        artifact.document.body
        for artifact in compiled(repository, case)
        if artifact.document.kind in RULES and (" bridge " in artifact.document.body) is of_host
    ]
    namespace = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--net"]
    script = "\n".join(bodies)
    done = subprocess.run(
        [*namespace, "nft", "-c", "-f", "-"], input=script, text=True, capture_output=True, check=False
    )
    assert bodies
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("case", CASES)
def test_compiling_again_gives_the_same(repository: Path, case: str) -> None:
    assert compiled(repository, case) == compiled(repository, case)
