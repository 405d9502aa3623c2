# SPDX-License-Identifier: Apache-2.0
"""A sealed copy of a fabric, in namespaces that end with the process that made them, and packets in it."""
