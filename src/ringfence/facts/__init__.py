# SPDX-License-Identifier: Apache-2.0
"""Frozen types of what can be known about hosts, tools, domains and processes."""
