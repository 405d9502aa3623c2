# SPDX-License-Identifier: Apache-2.0
"""One command per file; each is imported when it is called (see index)."""
