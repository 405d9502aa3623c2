# SPDX-License-Identifier: Apache-2.0
"""Questions that are answered by running something: workloads' probes, and whether KVM really runs guests."""
