# SPDX-License-Identifier: Apache-2.0
"""Boot files on the disk, and systemd told about them."""
