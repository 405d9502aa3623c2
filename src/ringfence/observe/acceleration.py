# SPDX-License-Identifier: Apache-2.0
"""Does KVM run 64-bit guests here? Judged from a small firmware under KVM, and under TCG as the control.

A device file, an ioctl and libvirt's word prove nothing: all three say yes where stock guests hang.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ringfence.facts.host import Acceleration

Device = Literal["usable", "missing", "forbidden"]
"""/dev/kvm: it opens for reading and writing, is not there, or may not be opened by this user."""

LETTERS = "RLIU"
EXIT_STATUS = 99  # isa-debug-exit ends QEMU with value * 2 + 1; the firmware writes 0x31
_STAGES = {
    "": "before its first instruction",
    "R": "between real mode and 64-bit mode",
    "RL": "at the first interrupt in 64-bit mode",
    "RLI": "in user mode",
}
_MISSING = (
    "There is no /dev/kvm: virtualization is switched off in the machine's firmware, or the kvm module is not loaded."
)
_FORBIDDEN = "This user may not open /dev/kvm; ask again as root or as a member of group kvm."
_RAN = "A small guest ran under KVM through 64-bit mode, an interrupt and user mode."
_UNPROVEN = "The test guest did not run under TCG either, so it proves nothing."


@dataclass(frozen=True, slots=True)
class FirmwareRun:
    """One run of the firmware: QEMU's exit status (None: stopped by us), letters said, QEMU's words."""

    status: int | None
    letters: str
    words: str = ""

    @property
    def whole(self) -> bool:
        """True when every stage was passed and the firmware itself ended QEMU."""
        return self.status == EXIT_STATUS and self.letters == LETTERS


def judge_device(device: Device) -> Acceleration | None:
    """Answer at once where there is nothing to run on; None when the firmware has to be run."""
    if device == "missing":
        return Acceleration("no", _MISSING)
    if device == "forbidden":
        return Acceleration("unknown", _FORBIDDEN)
    return None


def judge(under_kvm: FirmwareRun, control: FirmwareRun | None) -> Acceleration:
    """Judge a run under KVM; ``control`` is the same under TCG, and is not needed when KVM passed."""
    if under_kvm.whole:
        return Acceleration("yes", _RAN)
    if control is None or not control.whole:
        return Acceleration("unknown", _UNPROVEN + _quote(control))
    stage = _STAGES.get(under_kvm.letters, "after its last stage")
    return Acceleration("no", f"/dev/kvm is there, but a small guest stopped {stage}.{_quote(under_kvm)}")


def _quote(run: FirmwareRun | None) -> str:
    lines = run.words.strip().splitlines() if run else []
    wanted = [line for line in lines if "error" in line.lower() or "failed" in line.lower()] or lines[:1]
    return f" QEMU said: '{wanted[0].strip()[:160]}'." if wanted else ""
