# SPDX-License-Identifier: Apache-2.0
"""A person's umask neither locks QEMU and dnsmasq out of what is made, nor lets others write to it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from ringfence.cli.root import place_for_root


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
