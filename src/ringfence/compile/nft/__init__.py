# SPDX-License-Identifier: Apache-2.0
"""nftables tables as values: what they hold, as keyed parts and as a script that ``nft -f`` loads."""
