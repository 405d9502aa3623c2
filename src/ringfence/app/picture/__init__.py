# SPDX-License-Identifier: Apache-2.0
"""Draws a site: zones as bands by Purdue level, workloads as cards, conduits as routed lines. Pure."""
