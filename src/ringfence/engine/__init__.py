# SPDX-License-Identifier: Apache-2.0
"""Runs jobs: journal, resume, undo, cancel. A step past its deadline is unknown until it is observed."""
