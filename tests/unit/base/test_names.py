# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from ringfence.base.addresses import address, own_name
from ringfence.base.names import is_name


@pytest.mark.parametrize("text", ["a", "scada", "plc-7", "a" * 31, "x-", "a--b"])
def test_names(text: str) -> None:
    assert is_name(text)


@pytest.mark.parametrize(
    "text",
    ["", ".", "..", "-a", "7a", "A", "plc_7", "a" * 32, "a\n", "a b", "a/b", "é", "a\0", "<a>", "a.b", "\uff41"],
)
def test_what_libvirt_must_never_see_as_a_name(text: str) -> None:
    assert not is_name(text)


def test_addresses() -> None:
    assert address("host", "server1", "live") == "host/server1/live"
    assert own_name("workload/scada") == "scada"
    assert own_name("site") == "site"
