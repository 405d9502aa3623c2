# SPDX-License-Identifier: Apache-2.0
"""Virtual machines: definitions, what they start from, and what libvirt is known to add."""

from .artifacts import workload_artifacts
from .metadata import binding_of
from .tolerated import tolerated

__all__ = ["binding_of", "tolerated", "workload_artifacts"]
