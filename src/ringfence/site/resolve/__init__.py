# SPDX-License-Identifier: Apache-2.0
"""Turns the form into frozen dataclasses: profiles and defaults applied. Never fails; checks come after."""
