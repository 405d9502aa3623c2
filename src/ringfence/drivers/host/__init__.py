# SPDX-License-Identifier: Apache-2.0
"""Looks at the host: /proc, /sys, libvirt, the tools' versions, and what the kernel can do."""
