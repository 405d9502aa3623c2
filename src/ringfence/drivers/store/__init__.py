# SPDX-License-Identifier: Apache-2.0
"""What the world cannot tell: revisions and the journal, in SQLite. Losing it loses no workload and no key."""
