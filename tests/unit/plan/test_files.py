# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from tests.unit.compile.test_hostnet import compiled, uplink

from ringfence.compile.document import Document, Kind
from ringfence.plan.change import Change
from ringfence.plan.compare import part_changes
from ringfence.plan.sentences import sentences
from ringfence.plan.titles import title


class NoTolerance:
    def allows(self, kind: Kind, key: str, value: str) -> bool:
        return False


def document(**parts: str) -> Document:
    return Document("host/h/live/hostnet/plant", Kind.HOSTNET, parts)


def told(before: dict[str, str], after: dict[str, str]) -> set[str]:
    seen, wanted = document(**before), document(**after)
    return set(sentences(Change(seen, wanted, part_changes(wanted, seen, NoTolerance()))))


def test_each_difference_is_one_sentence() -> None:
    assert told({"file/a": "1", "mode/a": "0644"}, {"file/a": "2", "mode/a": "0644"}) == {
        "File /a is not as Ringfence wrote it."
    }
    assert told({"file/a": "1", "mode/a": "0666"}, {"file/a": "1", "mode/a": "0644"}) == {
        "File /a has mode 0666, the site says 0644."
    }
    assert told({}, {"file/a": "1", "mode/a": "0644"}) == {"File /a is missing."}
    assert told({"file/a": "1", "mode/a": "0644"}, {}) == {"File /a is there, although the site does not say so."}


def test_steps_name_the_uplink_or_ringfence_s_own_links() -> None:
    own, plant = (Change(None, one.document) for one in compiled(uplink()).values())
    assert title([plant]) == "write what network tools know of uplink plant"
    assert title([own]) == "write what network tools know of Ringfence's own links"
    assert title([own, plant]) == "write 2 settings of network tools"
    assert sentences(Change(plant.after, None)) == (
        "What network tools know of uplink plant is there, although the site does not say so.",
    )
