# SPDX-License-Identifier: Apache-2.0
"""Use cases: one request in, one result and progress events out. Every change enters the revisions here."""
