# SPDX-License-Identifier: Apache-2.0
"""Design rules over the site and the facts of its hosts become findings. Pure: time is an argument."""
