# SPDX-License-Identifier: Apache-2.0
"""Facts about what runs: processes by /proc, machines by libvirt's own records, the host by /proc and /sys."""
