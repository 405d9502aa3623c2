# SPDX-License-Identifier: Apache-2.0
"""Verifies the running system part by part. A part that fails or hangs is unproven, and the others go on."""
