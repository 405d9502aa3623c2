# SPDX-License-Identifier: Apache-2.0
"""The fabric in the kernel: namespaces, links, nftables, dnsmasq."""
