# SPDX-License-Identifier: Apache-2.0
"""Domains: defined, started, watched and stopped through libvirt, every call under a deadline."""

from .driver import LibvirtDriver

__all__ = ["LibvirtDriver"]
