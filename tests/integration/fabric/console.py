# SPDX-License-Identifier: Apache-2.0
"""The command line on a stage: ``ringfence`` itself, on a site that stands with stubs and was never applied by it.

    python -m tests.integration.fabric.console island field

Everything is as at a plant's console, except that a stub stands where a tap would. ``applied`` makes the site's state.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tests import factory
from tests.integration.fabric.stage import EXAMPLE, Stage

import ringfence.app.prepare as prepared
from ringfence.app.held import encode
from ringfence.compile.boot import boot_artifact
from ringfence.compile.scope import Endpoints
from ringfence.drivers.boot.driver import BootDriver
from ringfence.drivers.store.database import open_store
from ringfence.plan.change import Change
from ringfence.ports.store import RevisionDraft
from ringfence.site.codec import site_to_json

REPOSITORY = EXAMPLE.parents[2]


@dataclass(frozen=True, slots=True)
class Console:
    """A terminal at a stage's host."""

    stage: Stage
    state: Path

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a command."""
        environment = {
            **os.environ,
            "RINGFENCE_STATE": str(self.state),
            "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'src'}",
        }
        command = [sys.executable, "-m", __name__, "--name", self.stage.site.name, *words]
        return subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd="/"
        )

    def __call__(self, *words: str) -> str:
        """Run a command that has to succeed, and return what it printed."""
        process = self.start(*words)
        out, _ = process.communicate(timeout=120)
        if process.returncode != 0:
            raise AssertionError(out)
        return out


@contextmanager
def applied(stage: Stage, state: Path) -> Iterator[Console]:
    """Yield a console of a stage that stands, as if it had been applied; its boot files are written."""
    fabric = stage.compile()
    boot = boot_artifact(fabric, stage.site, stage.scope, factory.host_facts())
    draft = RevisionDraft(
        stage.now, "tests", b"", "", (*fabric, boot), encode(stage.bindings), site=site_to_json(stage.site)
    )
    with open_store(state / stage.site.name) as store:
        store.revisions.finish(store.revisions.begin(draft), "applied", stage.now)
    driver = BootDriver()
    driver.ensure(stage.scope, [Change(None, boot.document)])
    try:
        yield Console(stage, state)
    finally:
        driver.ensure(stage.scope, [Change(boot.document, None)])


def main() -> None:
    """Run the command line with stubs at the ends of ports."""
    original = prepared.scope_of
    prepared.scope_of = lambda site: replace(original(site), endpoints=Endpoints.STUB)
    from ringfence.cli.main import main as ringfence

    ringfence(sys.argv[1:])


if __name__ == "__main__":
    main()
