# SPDX-License-Identifier: Apache-2.0
"""Ringfence: ordinary Linux servers with KVM as a secure, shared platform for operational technology."""

__version__ = "0.1.0"
