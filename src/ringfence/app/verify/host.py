# SPDX-License-Identifier: Apache-2.0
"""What a verification knows of its host; a libvirt that hangs hides what needs it, and no more."""

from __future__ import annotations

from ringfence.app.status import facts_of
from ringfence.base.errors import RingfenceError
from ringfence.facts.host import HostFacts
from ringfence.facts.unseen import Unseen

from .deadline import within
from .ground import Ground

HOST_S = 60.0


def host_facts(ground: Ground) -> HostFacts | Unseen:
    """Return facts of the host, looked at once, or why there are none."""
    return ground.memo.once("host", lambda: _host_facts(ground))


def _host_facts(ground: Ground) -> HostFacts | Unseen:
    session, site = ground.session, ground.declared.site
    try:
        return within(HOST_S, "look at the host", lambda _: facts_of(session, site), session.cancel)
    except RingfenceError as error:
        return Unseen(error.problem)
