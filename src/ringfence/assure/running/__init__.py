# SPDX-License-Identifier: Apache-2.0
"""Judges what runs: facts of processes and of the host against what their zones ask for."""
