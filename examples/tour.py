# SPDX-License-Identifier: Apache-2.0
"""What every tour of an example needs: say what is done, do it as a person would, and stop at a wrong answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from examples.outside.space import PlantError


class WrongAnswerError(Exception):
    """The plant does not do what its site file says."""


def say(text: str = "") -> None:
    """Print a line at once."""
    print(text, flush=True)


def stop(number: int, title: str) -> None:
    """Print the heading of a stop of the tour."""
    say(f"\n--- {number}. {title}")


def promise(kept: bool, otherwise: str) -> None:  # noqa: FBT001 - reads like an assertion
    """Raise WrongAnswerError with the sentence ``otherwise`` unless the promise was kept."""
    if not kept:
        raise WrongAnswerError(otherwise)


@dataclass(frozen=True)
class Tour:
    """A tour of the plant that ``site`` describes."""

    site: Path

    def ringfence(self, *arguments: str, site: Path | None = None, fine: tuple[int, ...] = (0,)) -> None:
        """Run a command of Ringfence as a person would, showing it and what it prints."""
        file, shown = str(site or self.site), " ".join(arguments)
        say(f"$ ringfence --site {file} {shown}")
        done = subprocess.run(["ringfence", "--site", file, *arguments], check=False)
        promise(done.returncode in fine, f"'ringfence {shown}' ended with exit status {done.returncode}")

    def bring_up(self) -> None:
        """Check the site file, apply it, show the plant."""
        self.ringfence("check", fine=(0, 1))  # 1: findings, such as a host without KVM; they do not refuse the site
        self.ringfence("apply", "--yes")
        self.ringfence("status")

    @contextmanager
    def changed(self, old: str, new: str) -> Iterator[Path]:
        """Yield a copy of the site file in which ``old``, which stands there once, became ``new``."""
        text = self.site.read_text(encoding="utf-8")
        promise(text.count(old) == 1, f"the lines to change are not in {self.site}")
        with tempfile.TemporaryDirectory(prefix="ringfence-tour-") as folder:
            file = Path(folder) / "site.yaml"
            file.write_text(text.replace(old, new), encoding="utf-8")
            yield file

    def status(self) -> dict[str, Any]:
        """Return the status of the plant as data."""
        told = subprocess.run(
            ["ringfence", "--site", str(self.site), "--json", "status"], check=True, capture_output=True, text=True
        )
        found: dict[str, Any] = json.loads(told.stdout)
        return found

    def told(self, *arguments: str) -> dict[str, Any]:
        """Return what a command tells as data, whatever its exit status is."""
        ran = subprocess.run(
            ["ringfence", "--site", str(self.site), "--json", *arguments], check=False, capture_output=True, text=True
        )
        found: dict[str, Any] = json.loads(ran.stdout)
        return found

    def walk(self, name: str, stops: Iterable[Callable[[], None]], console: str) -> None:
        """Walk through all stops of the plant called ``name``; end the program with 1 where one is wrong."""
        began = time.monotonic()
        try:
            for one in stops:
                one()
        except (WrongAnswerError, PlantError, OSError, RuntimeError, subprocess.SubprocessError) as error:
            say(f"\nThe tour stopped: {error}.")
            say("Look at 'ringfence status' and 'ringfence drift', then start again.")
            sys.exit(1)
        say(f"\nThe tour took {time.monotonic() - began:.0f} s, and the {name} runs on. Look around:")
        sudo = "sudo " if "SUDO_USER" in os.environ else ""
        say(f"    {sudo}.venv/bin/ringfence --site {self.site} status")
        say(f"    {sudo}.venv/bin/ringfence --site {self.site} console {console}      (leave with Ctrl-])")


def site_beside(program: str) -> Path:
    """Return the site file beside a tour's own file, as a person would write its path."""
    return Path(os.path.relpath(Path(program).with_name("site.yaml")))
