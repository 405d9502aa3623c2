# SPDX-License-Identifier: Apache-2.0
"""The form of parts, shared by those who compile them and those who observe them: keys, units, labels."""
