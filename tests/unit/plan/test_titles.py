# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from ringfence.compile.document import Document, Kind
from ringfence.plan.change import Change
from ringfence.plan.titles import title


def _conduit(name: str, state: str = "") -> Document:
    parts = {"state": state} if state else {}
    return Document(f"host/server1/live/conduit/{name}", Kind.CONDUIT, parts)


def _gone(*documents: Document) -> str:
    return title([Change(document, None) for document in documents])


def test_one_thing_is_named() -> None:
    assert _gone(_conduit("poll")) == "close conduit poll"
    assert _gone(_conduit("vendor", "dormant")) == "drop dormant conduit vendor"


def test_many_things_of_a_kind_are_counted() -> None:
    dormant, standing = [_conduit(name, "dormant") for name in "ab"], [_conduit(name) for name in "cde"]
    assert _gone(*dormant, *standing) == "drop 2 dormant conduits and close 3 conduits"
