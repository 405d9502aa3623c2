# SPDX-License-Identifier: Apache-2.0
"""Trials of what stands: a sealed copy of it as documents, packets for it, and what their ways mean."""
