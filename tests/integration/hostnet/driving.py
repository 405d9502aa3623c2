# SPDX-License-Identifier: Apache-2.0
"""What runs inside the host: the files of uplink ``plant`` written or removed as an apply does it."""

from __future__ import annotations

import sys

from tests import factory
from tests.unit.compile.test_hostnet import EVERY, PLANNED, compiled, uplink

from ringfence.drivers.hostnet.driver import HostnetDriver
from ringfence.plan.change import Change


def main(what: str) -> None:
    """``write`` brings the files to what the site says, ``remove`` takes them away; ``look`` tells what is wrong."""
    made = compiled(uplink(), tools=EVERY, declared=(PLANNED,))
    driver, scope = HostnetDriver(), factory.scope()
    if what == "look":
        wanted = {address: one.document for address, one in made.items()}
        sys.stdout.write("as compiled\n" if driver.observe(scope) == wanted else "different\n")
        return
    changes = [Change(None, one.document) if what == "write" else Change(one.document, None) for one in made.values()]
    driver.ensure(scope, changes)


if __name__ == "__main__":
    main(sys.argv[1])
