# SPDX-License-Identifier: Apache-2.0
"""What a plan holds back: volumes whose data nobody agreed to lose, and the images they are built on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ringfence.base.addresses import Address
from ringfence.compile.document import Document, Kind

from .change import Action, Change
from .impact import loses_data
from .intent import Intent, Sources
from .naming import names, thing


def hold_back(
    changes: Sequence[Change], intent: Intent, sources: Sources, observed: Mapping[Address, Document]
) -> tuple[tuple[Change, ...], tuple[str, ...]]:
    """Return the changes that may be done, and sentences on what is left standing."""
    held = [change for change in changes if _is_held(change, intent, sources)]
    doomed = {change.address for change in changes if change.action is Action.DELETE} - {
        change.address for change in held
    }
    used = _images_in_use(observed.values(), doomed)
    images = [change for change in changes if _image_goes(change) and names(change.document)[0] in used]
    out = {id(change) for change in (*held, *images)}
    kept = [_volume_sentence(change) for change in held]
    kept += [f"{_capital(thing(c.document))} is kept, because a disk is built on it." for c in images]
    return tuple(change for change in changes if id(change) not in out), tuple(kept)


def _is_held(change: Change, intent: Intent, sources: Sources) -> bool:
    """Hold a disk that goes without consent, and always one that would shrink or start from something else."""
    if change.kind is not Kind.VOLUME or not loses_data(change):
        return False
    if change.action is Action.UPDATE:
        return True
    return sources.of(change.document).facts.get("data") != "no" and not intent.gives_up(change.document)


def _image_goes(change: Change) -> bool:
    return change.kind is Kind.IMAGE and change.action is Action.DELETE


def _images_in_use(observed: Iterable[Document], doomed: set[Address]) -> set[str]:
    """Digests of the images that volumes which stay are built on: a volume's parts name its backing image."""
    volumes = [document for document in observed if document.kind is Kind.VOLUME and document.address not in doomed]
    values = {value for volume in volumes for value in volume.parts.values()}
    return {word for value in values for word in value.replace(".", "/").split("/")}


def _volume_sentence(change: Change) -> str:
    what = _capital(thing(change.document))
    own = "/".join(names(change.document))
    if change.action is Action.DELETE:
        return (
            f"{what} is kept, although the site does not name it any more: "
            f"its data is destroyed only with '--destroy-data {own}'."
        )
    differs = " and ".join(f"its {part.key} is {part.before or 'not there'}" for part in change.parts)
    wanted = " and ".join(part.after or "none" for part in change.parts)
    return (
        f"{what} is kept as it is: {differs}, the site says {wanted}, and changing that would lose its data. "
        f"To make it anew, take the workload out of the site and apply with '--destroy-data {own}'."
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
