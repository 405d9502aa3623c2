# SPDX-License-Identifier: Apache-2.0
"""The distribution's network tools: files that tell them what to leave alone, and a word that they changed."""
