# SPDX-License-Identifier: Apache-2.0
"""The proof of a site, and what can be asked of it: why, and who may reach whom."""
