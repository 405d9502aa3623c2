# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.integration.fabric.stage import Stage, waterworks


@pytest.fixture(scope="module")
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """Answer the water works with stubs for guests, as a site of the module's own: t-guests for test_fabric_guests."""
    with waterworks(f"t-{request.path.stem.rpartition('_')[2]}").standing() as found:
        yield found
