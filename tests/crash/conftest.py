# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.crash.children import CONTEXT


@pytest.fixture(scope="session", autouse=True)
def forkserver(repository: Path) -> Iterator[None]:
    """Let the fork server find what it shall load before it forks; it gets no sys.path before Python 3.13."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", f"{repository}:{repository}/src")
        process = CONTEXT.Process(target=int)
        process.start()
        process.join()
        yield
