# SPDX-License-Identifier: Apache-2.0
"""Proof: what the artifacts let pass, computed exactly, and compared with what was declared.

Imports neither site nor compiler, only the form of parts: so that it can catch both.
"""
