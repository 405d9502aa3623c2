# SPDX-License-Identifier: Apache-2.0
"""The form of the site file, one noun per module: strict pydantic models, private to the room ``site``."""
