# SPDX-License-Identifier: Apache-2.0
"""Use case: prove that nothing else can flow, by what was compiled and by what is loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from ringfence.base.errors import Refused
from ringfence.messages.proof import Proof, ProofMatrix, ProofReason, ProofReport, ProofVerdict

from .history import revision_file
from .picture.matrix import matrix_picture
from .planning import generation
from .proof.case import Case, compiled, loaded
from .proof.matrix import matrix_of
from .proof.rest import collector_rests
from .proof.told import proof_of
from .proof.why import why
from .restricted import line, standing
from .session import Session
from .site_file import SiteFile

_WORSE: tuple[ProofVerdict, ...] = ("proven", "unproven", "wrong")


def prove(session: Session, file: SiteFile, *, as_loaded: bool = False) -> ProofReport:
    """Prove what the site file compiles to, and with ``as_loaded`` what stands here too. Raises BadInput, Refused."""
    proofs = tuple(_proof(session, make) for make in _cases(session, file, as_loaded=as_loaded))
    return ProofReport(
        file.site.name,
        generation(session),
        session.plant.simulated,
        max((one.verdict for one in proofs), key=_WORSE.index),
        proofs,
        tuple(map(line, standing(session))),
    )


def explain(
    session: Session, file: SiteFile, question: tuple[str, str, str], *, as_loaded: bool = False
) -> ProofReason:
    """Say what decides whether somebody may open something to somebody. Raises BadInput, Refused."""
    return why(_case(session, file, as_loaded=as_loaded), *question)


def matrix(session: Session, file: SiteFile, *, as_loaded: bool = False) -> ProofMatrix:
    """Return who may open what to whom. Raises BadInput, Refused."""
    return matrix_of(_case(session, file, as_loaded=as_loaded))


def draw_matrix(found: ProofMatrix, path: Path) -> None:
    """Draw a matrix into a file. Raises Refused when it cannot be written."""
    try:
        path.write_text(matrix_picture(found), encoding="utf-8")
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}.", "Name another file with --svg FILE.") from error


def _case(session: Session, file: SiteFile, *, as_loaded: bool) -> Case:
    return loaded_here(session, file) if as_loaded else compiled(session, file)


def _cases(session: Session, file: SiteFile, *, as_loaded: bool) -> Iterator[Callable[[], Case]]:
    yield lambda: compiled(session, file)
    if as_loaded:
        yield lambda: loaded_here(session, file)


def loaded_here(session: Session, file: SiteFile) -> Case:
    """Return what stands here, held against the site as it was applied last, wherever its file is by now."""
    return loaded(session, revision_file(session, None, file.path.parent).site)


def _proof(session: Session, make: Callable[[], Case]) -> Proof:
    start = session.plant.clock.monotonic()
    with collector_rests():
        case = make()
        verdict = case.verdict()
    return proof_of(case, verdict, session.plant.clock.monotonic() - start)
