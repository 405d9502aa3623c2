# SPDX-License-Identifier: Apache-2.0
"""Processes that are there to be killed: forked from one that has loaded what they need."""

from __future__ import annotations

import multiprocessing

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.crash.victim", "tests.crash.emergency", "ringfence.cli.emergency"])
