# SPDX-License-Identifier: Apache-2.0
"""Asking a person before something is changed."""

from __future__ import annotations

import sys

import click


def can_ask() -> bool:
    """Tell whether somebody is there to answer."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def confirmed(question: str) -> bool:
    """Ask on standard error; anything but yes is a no."""
    return click.confirm(question, default=False, err=True)
