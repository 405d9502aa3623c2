# SPDX-License-Identifier: Apache-2.0
"""A site of real guests: one stands in two zones, with an address of each that its own DHCP or seed gives."""

from __future__ import annotations

import os
from pathlib import Path

from tests.integration.waterworks.works import POOLS

CACHE = Path(os.environ.get("RINGFENCE_CACHE", "/var/cache/ringfence"))
STATION = CACHE / "guests" / "station.qcow2"
SITE = "rf-t-legs"
NETS = {"control": 71, "office": 72, "history": 73}
TEXT = f"""\
ringfence: 1
site: {{name: {SITE}, owner: tests}}
hosts:
  server1: {{pool: {POOLS}/{SITE}-pool}}
zones:
  control: {{level: 1, sl_t: 2, ipv4: 10.71.0.0/24, ipv6: "fd71:0:0:1::/64"}}
  office: {{level: 3, sl_t: 1, ipv4: 10.72.0.0/24, ipv6: "fd71:0:0:2::/64", dhcp: DHCP}}
  history: {{level: 3, sl_t: 1, ipv4: 10.73.0.0/24, ipv6: "fd71:0:0:3::/64"}}
images:
  station: {STATION}
workloads:
  scada:
    image: station
    memory: 160 MiB
    interfaces:
      - {{zone: control, ipv4: 10.71.0.11, ipv6: "fd71:0:0:1::11"}}
      - {{zone: office, ipv4: 10.72.0.11, ipv6: "fd71:0:0:2::11", reason: Operators watch it there.}}
    devices: [guest-agent]
    probes: [{{tcp: {{port: 7, within: 4m, interface: eth1}}}}]
    cloud_init: {{user_data: "#ringfence-nano\\nECHO=1\\n"}}
  archive:
    image: station
    memory: 160 MiB
    zone: history
    ipv4: 10.73.0.11
    ipv6: "fd71:0:0:3::11"
    devices: [guest-agent]
    probes: [{{tcp: {{port: 7, within: 4m}}}}]
    cloud_init: {{user_data: "#ringfence-nano\\nECHO=1\\n"}}
conduits:
  store:
    from: workload/scada/eth1
    to: workload/archive
    service: tcp/7
    reason: The archive keeps what the operators see.
    owner: tests
  ask:
    from: workload/archive
    to: workload/scada/eth1
    service: tcp/7
    reason: Gaps are asked for.
    owner: tests
"""


def site_text(*, dhcp: bool) -> str:
    """Return the site file; zone office gives its addresses by DHCP or by the seed."""
    return TEXT.replace("dhcp: DHCP", f"dhcp: {'true' if dhcp else 'false'}")
