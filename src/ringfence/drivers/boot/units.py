# SPDX-License-Identifier: Apache-2.0
"""systemd's units: files and links below /etc/systemd/system, and systemctl where systemd runs."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ringfence.base.errors import DeadlinePassed, Refused

from .folder import write_durably

DEADLINE_S = 30.0
_FOLDER = "etc/systemd/system"
_WANTED = "multi-user.target.wants"
_UNIT_FILE_MODE = 0o644


@dataclass(frozen=True, slots=True)
class Units:
    """Units below ``root``, which is ``/`` on a real host; elsewhere systemd is not told."""

    root: Path

    @property
    def _running(self) -> bool:
        return self.root == Path("/") and Path("/run/systemd/system").is_dir()

    def read(self, name: str) -> str | None:
        """Return a unit's text; None where there is none. Raises OSError."""
        path = self.root / _FOLDER / name
        return path.read_text("utf-8", "replace") if path.is_file() else None

    def enabled(self, name: str) -> bool:
        """Tell whether the host starts it when it boots."""
        return self._link(name).is_symlink()

    def write(self, units: Mapping[str, str]) -> None:
        """Write and enable units, and let systemd read them. Raises OSError, Refused, DeadlinePassed."""
        for name, text in units.items():
            write_durably(self.root / _FOLDER / name, text, _UNIT_FILE_MODE)
            link = self._link(name)
            link.parent.mkdir(parents=True, exist_ok=True)
            if not link.is_symlink():
                link.symlink_to(f"../{name}")
        self._tell("daemon-reload")

    def start(self, name: str) -> None:
        """Start a unit that does no harm when started again. Raises Refused, DeadlinePassed."""
        self._tell("start", name)

    def remove(self, names: list[str]) -> None:
        """Forget units. Raises OSError, Refused, DeadlinePassed."""
        there = [name for name in names if self._link(name).is_symlink() or (self.root / _FOLDER / name).exists()]
        if not there:
            return
        self._tell("stop", *there)  # none of them stops anything (compile/boot/units.py)
        for name in there:
            self._link(name).unlink(missing_ok=True)
            (self.root / _FOLDER / name).unlink(missing_ok=True)
        self._tell("daemon-reload")

    def _link(self, name: str) -> Path:
        return self.root / _FOLDER / _WANTED / name

    def _tell(self, *words: str) -> None:
        if not self._running:
            return
        shown = " ".join(("systemctl", *words))
        try:
            done = subprocess.run(
                ["systemctl", *words], capture_output=True, text=True, timeout=DEADLINE_S, check=False
            )
        except subprocess.TimeoutExpired as late:
            raise DeadlinePassed(
                f"'{shown}' did not end within {DEADLINE_S:g} s.", "Look at 'systemctl list-jobs', then apply again."
            ) from late
        if done.returncode != 0:
            raise Refused(f"'{shown}' failed: {done.stderr.strip()[:300]}", "Run it by hand, then apply again.")
