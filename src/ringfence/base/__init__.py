# SPDX-License-Identifier: Apache-2.0
"""What every room may use: addresses, units, marks, diagnostics, errors, identity. Imports nothing of Ringfence."""
