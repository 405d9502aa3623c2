# SPDX-License-Identifier: Apache-2.0
"""Pure parsers: what tools, libvirt and /proc printed becomes facts and parts."""
