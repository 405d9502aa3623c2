# SPDX-License-Identifier: Apache-2.0
"""Site and facts become a place for every workload, with reasons for every refusal."""
