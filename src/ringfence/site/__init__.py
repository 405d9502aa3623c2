# SPDX-License-Identifier: Apache-2.0
"""The declaration: one site file becomes frozen, resolved dataclasses. pydantic stays private to this room."""
