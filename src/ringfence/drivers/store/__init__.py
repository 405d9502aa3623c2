# SPDX-License-Identifier: Apache-2.0
"""What the world cannot tell: revisions, journal and restrictions, in SQLite. Losing it loses no workload, no key."""
