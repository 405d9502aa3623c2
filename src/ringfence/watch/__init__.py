# SPDX-License-Identifier: Apache-2.0
"""What is watched on the wire, made into what a person wants to know: pure over what was counted."""
