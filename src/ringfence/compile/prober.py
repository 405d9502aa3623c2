# SPDX-License-Identifier: Apache-2.0
"""Who asks the probes' questions: the one user that the router's output lets out, to probed ports only."""

from __future__ import annotations

PROBE_UID = 1_999_999_999
"""User and group of the child that asks.

Just below the workloads' own uids (2,000,000,000 and up), above the ranges of systemd's containers (524,288
to 1,879,048,191) and below 2**31: nobody logs in, owns a file or runs a daemon under it.
https://systemd.io/UIDS-GIDS
"""
