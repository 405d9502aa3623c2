# SPDX-License-Identifier: Apache-2.0
"""The world, a folder each. A driver observes and does; it never decides."""
