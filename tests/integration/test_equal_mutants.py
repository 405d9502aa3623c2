# SPDX-License-Identifier: Apache-2.0
"""Rules that the proof calls equal are so: many such mutants at once are loaded, and every packet does what it did."""

from __future__ import annotations

import subprocess
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from tests.mutants.enumerate import mutants
from tests.mutants.judge import judge
from tests.mutants.mutant import Mutant
from tests.mutants.plants import claimed, example
from tests.mutants.reasons import reason
from tests.mutants.script import guard, router, script

from ringfence.app.shadow import shadow_trials
from ringfence.compile.document import Document
from ringfence.drivers.fabric.namespaces import NFT_LIST
from ringfence.drivers.shadow.driver import ShadowDriver

NAME = "t-mutants"
"""Names of links hang on it, and so do names of mutants."""
_TABLES = ("rule/", "order/", "chain/", "element/", "set/", "map/")
GOLDEN = "tests/golden/mutants/waterworks.txt"


def equal(repository: Path) -> Iterator[Mutant]:
    """Yield a mutant of rules of each kind, for each reason and chain or set that it is about."""
    text = (repository / GOLDEN).read_text(encoding="utf-8")
    names = {line.strip() for line in text.splitlines() if line.startswith("    ")}
    seen = set()
    for one in mutants(example(NAME).documents()):
        about = one.what.partition("#")[2].partition(" ")[0].rpartition("/")[0].partition("_")[0]
        kind = (one.kind, reason(one.name), about)
        if one.name in names and kind not in seen and loadable(one):
            seen.add(kind)
            yield one


def loadable(mutant: Mutant) -> bool:
    """Tell whether nft would load it; what it refuses nobody can try (names of interfaces make no intervals there)."""
    refused = mutant.kind in {"set of another type", "set dropped"} or mutant.what.endswith("with interval")
    keys = [key for parts in mutant.changes.values() for key in parts]
    return not mutant.gone and not refused and all(key.startswith(_TABLES) for key in keys)


def batches(repository: Path) -> list[Mutant]:
    """Return mutants made of many that stay equal together: two locks are not taken off one door."""
    stage = example(NAME)
    proof = judge(stage.documents(), claimed(stage))
    made: list[Mutant] = []
    for one in equal(repository):
        for place, batch in enumerate(made):
            both = together(batch, one)
            if both is not None and not proof.seen(both):
                made[place] = both
                break
        else:
            made.append(one)
    return made


def together(one: Mutant, other: Mutant) -> Mutant | None:
    """Return both at once; None where they change the same part."""
    changes: Mapping[str, dict[str, str | None]] = defaultdict(
        dict, {key: {**value} for key, value in one.changes.items()}
    )
    for address, parts in other.changes.items():
        if changes[address].keys() & parts.keys():
            return None
        changes[address].update(parts)
    return Mutant("", f"{one.what}; {other.what}", changes)


def listed(text: str) -> str:
    """Return what nft lists of rules that were loaded into a namespace of their own."""
    order = ["unshare", "-n", "sh", "-ec", f"nft -f - && {' '.join(NFT_LIST)} ruleset"]
    return subprocess.run(order, input=text, text=True, capture_output=True, check=True).stdout


def test_equal_mutants_change_nothing_that_packets_show(repository: Path) -> None:
    tried = 0
    with example(NAME).standing() as stage:
        driver = ShadowDriver()
        whole = driver.loaded(stage.scope)
        for batch in batches(repository):
            documents = batch.of(list(whole.documents.values()))
            rules = {"": listed(script(guard(documents))), stage.scope.namespace: listed(script(router(documents)))}
            loaded = replace(whole, documents=by_address(documents), rules={**whole.rules, **rules})
            result = shadow_trials(driver, loaded, claimed(stage))
            assert [one.sentence for one in result.disagreements] == [], batch.what
            assert result.passed > 0
            tried += 1
    assert tried > 1


def by_address(documents: list[Document]) -> dict[str, Document]:
    return {one.address: one for one in documents}
