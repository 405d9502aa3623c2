# SPDX-License-Identifier: Apache-2.0
"""The form of parts, shared by those who compile them and those who observe them.

Keys and units, labels and aliases, how elements and files are written, and the settings that every site has alike.
"""
