# SPDX-License-Identifier: Apache-2.0
"""``ringfence`` itself."""

from __future__ import annotations

import click

import ringfence

from .command import CONTEXT, LateGroup
from .options import shared


@click.group("ringfence", cls=LateGroup, context_settings=CONTEXT, params=shared(environment=True))
@click.version_option(ringfence.__version__, message="ringfence %(version)s")
def ringfence_group() -> None:
    """One site file becomes an isolated, running plant.

    Write a site file, look at the plan, apply it. Every command says what it does when it is asked with
    --help, and exits with 0 (fine), 1 (findings or changes, where asked for), 2 (bad input) or 3 (the host,
    a tool or another job refused).
    """
