# SPDX-License-Identifier: Apache-2.0
"""A person's umask neither locks QEMU and dnsmasq out of what is made, nor lets others write to it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from ringfence.cli.root import place_for_root
from ringfence.drivers.host.memo import Tried, remembered
from ringfence.facts.host import Acceleration


@pytest.fixture(autouse=True)
def before() -> Iterator[None]:
    mask = os.umask(0o022)
    yield
    os.umask(mask)


@pytest.mark.parametrize("mask", [0o000, 0o002, 0o027, 0o077])
def test_what_root_makes_on_the_host_does_not_hang_on_a_umask(monkeypatch: pytest.MonkeyPatch, mask: int) -> None:
    monkeypatch.delenv("RINGFENCE_WORLD", raising=False)
    monkeypatch.setattr("ringfence.cli.root.os.geteuid", lambda: 0)
    os.umask(mask)
    place_for_root("change what runs here")
    assert os.umask(0o022) == 0o022


@pytest.mark.parametrize("mask", [0o000, 0o077])
def test_the_folder_that_dnsmasq_reads_from_is_open_to_its_user(tmp_path: Path, mask: int) -> None:
    os.umask(mask)
    remembered(lambda: Tried(Acceleration("no", "It is a test."), frozenset()), tmp_path / "ringfence")
    assert stat.S_IMODE((tmp_path / "ringfence").stat().st_mode) == 0o755
