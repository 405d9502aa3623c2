# SPDX-License-Identifier: Apache-2.0
"""Compiled parts against observed parts become ordered steps with their impact."""
