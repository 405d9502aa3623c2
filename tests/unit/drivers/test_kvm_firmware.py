# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from ringfence.drivers.probes import rom_image
from ringfence.drivers.probes.kvm import acceleration, run_firmware

BUILD = Path(rom_image.__file__).parent / "rom/build.sh"
HAS_QEMU = shutil.which("qemu-system-x86_64") is not None


@pytest.mark.skipif(not (shutil.which("as") and shutil.which("ld")), reason="needs binutils")
def test_the_bytes_are_the_assembled_source(tmp_path: Path) -> None:
    printed = subprocess.run([BUILD, tmp_path / "rom"], check=True, capture_output=True, text=True).stdout
    assert bytes.fromhex(printed).rstrip(b"\0") == rom_image.ROM_CODE.rstrip(b"\0")
    assert (tmp_path / "rom").read_bytes() == rom_image.rom()


@pytest.mark.skipif(not HAS_QEMU, reason="needs qemu-system-x86_64")
def test_the_control_passes_under_emulation() -> None:
    assert run_firmware("tcg", "qemu-system-x86_64", 20).whole


@pytest.mark.skipif(not HAS_QEMU, reason="needs qemu-system-x86_64")
def test_a_run_past_its_deadline_is_ended() -> None:
    assert run_firmware("tcg", "qemu-system-x86_64", 0.001).status is None


def test_without_device_the_answer_is_a_no_at_once(tmp_path: Path) -> None:
    assert acceleration(device=str(tmp_path / "kvm")).kvm == "no"


def test_without_qemu_nothing_is_known(tmp_path: Path) -> None:
    device = tmp_path / "kvm"
    device.touch()
    verdict = acceleration(qemu=str(tmp_path / "qemu"), device=str(device))
    assert verdict.kvm == "unknown"
    assert "could not be started" in verdict.why


def test_a_qemu_that_says_nothing_proves_nothing(tmp_path: Path) -> None:
    device = tmp_path / "kvm"
    device.touch()
    assert acceleration(qemu="true", device=str(device)).kvm == "unknown"
