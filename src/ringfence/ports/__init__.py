# SPDX-License-Identifier: Apache-2.0
"""Protocols: what the engine and the use cases need from the world, five small functions each at most."""
