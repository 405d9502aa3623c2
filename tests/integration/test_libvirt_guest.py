# SPDX-License-Identifier: Apache-2.0
"""A real guest through the drivers: defined, started as its own user, confined, stopped, restarted, gone."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests import factory

from ringfence.compile.document import Document
from ringfence.compile.domain import tolerated
from ringfence.site.workload import CloudInit, Device, Workload

from .plant import Plant, nano, plant

pytestmark = pytest.mark.skipif(not nano().exists(), reason="guests/build has not made the nano image here")


@pytest.fixture
def works() -> Iterator[Plant]:
    with plant("rf-t-dom") as made:
        yield made


def guest(**changes: Any) -> Workload:
    devices = (Device("guest-agent"), Device("rng"))
    seed = CloudInit("#ringfence-nano\n")
    return factory.workload("scada", **({"devices": devices, "cloud_init": seed} | changes))


def process_of(plant: Plant) -> dict[str, str]:
    pid = Path(f"/run/libvirt/qemu/{plant.scope.domain('scada')}.pid").read_text(encoding="ascii").strip()
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return {"Pid": pid} | {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def wait_for(path: Path, text: str, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while text not in (path.read_text(errors="replace") if path.exists() else ""):
        assert time.monotonic() < until, path.read_text(errors="replace")[-2000:]
        time.sleep(0.2)


def test_a_guest_lives_as_its_own_user_and_leaves_nothing(works: Plant) -> None:
    made = works.apply(guest())
    again = works.apply(guest())
    assert made == again

    process = process_of(works)
    assert set(process["Uid"].split()) == {"2000000010"}
    assert set(process["Gid"].split()) == {str(works.facts.qemu_gid)}
    assert int(process["CapEff"], 16) == 0
    assert int(process["CapPrm"], 16) == 0
    assert process["NoNewPrivs"] == "1"
    assert process["Seccomp"] == "2"
    base = next(Path(works.pool, works.name, "base").iterdir())
    assert (base.stat().st_uid, base.stat().st_mode & 0o777) == (0, 0o444)

    _equal_up_to_tolerance(works, [artifact.document for kind in made.values() for artifact in kind])
    assert works.libvirt.bindings(works.scope)["scada"].uid == 2_000_000_010
    wait_for(Path(f"/var/log/libvirt/qemu/{works.scope.domain('scada')}.console.log"), "RINGFENCE-GUEST")

    works.destroy()
    assert works.observe() == {}
    assert not Path(works.pool, works.name).exists()
    assert (
        works.scope.domain("scada")
        not in subprocess.run(
            ["virsh", "list", "--all", "--name"], capture_output=True, text=True, check=True
        ).stdout.split()
    )


def _equal_up_to_tolerance(works: Plant, wanted: list[Document]) -> None:
    found = works.observe()
    tolerance = tolerated(works.facts.versions)
    assert set(found) == {document.address for document in wanted}
    for document in wanted:
        parts = dict(found[document.address].parts)
        assert {key: parts.pop(key, None) for key in document.parts} == dict(document.parts)
        extra = {key: value for key, value in parts.items() if not tolerance.allows(document.kind, key, value)}
        assert extra == {}
