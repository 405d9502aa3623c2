# SPDX-License-Identifier: Apache-2.0
"""``python -m ringfence``."""

from ringfence.cli.main import main

if __name__ == "__main__":
    main()
