# SPDX-License-Identifier: Apache-2.0
"""Law: what is written into a site file is read back as it was."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ringfence.site.emit import Commented, emit
from ringfence.site.yaml12 import parse

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    [
        "no",
        "~",
        "a: b",
        "x #y",
        "- z",
        "[a]",
        "fd10::1/64",
        "0x1",
        "1e3",
        "#cloud-config\na: b\n",
        " a\nb",
        "a\n\n",
        "<<",
    ]
)
SCALARS = st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    SCALARS | TEXTS,
    lambda held: (
        st.lists(held, max_size=5) | st.dictionaries(TEXTS, held, max_size=5) | st.builds(Commented, held, TEXTS, TEXTS)
    ),
    max_leaves=25,
)


def plain(value: Any) -> Any:
    if isinstance(value, Commented):
        return plain(value.value)
    if isinstance(value, dict):
        return {key: plain(held) for key, held in value.items()}
    return [plain(held) for held in value] if isinstance(value, list) else value


@given(st.dictionaries(TEXTS, VALUES, min_size=1, max_size=6), TEXTS)
def test_what_is_written_is_read_back(top: dict[str, Any], head: str) -> None:
    tree, problems = parse(emit(top, head).encode(), "site.yaml")
    assert problems == ()
    assert tree is not None
    assert tree.value == plain(top)
