# SPDX-License-Identifier: Apache-2.0
"""What the world cannot tell, in SQLite: revisions, journal, restrictions and verifications. Losing it loses no VM."""
