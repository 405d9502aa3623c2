# SPDX-License-Identifier: Apache-2.0
"""Messages as text for people. Pure: each takes a message and a Paint and returns lines."""
