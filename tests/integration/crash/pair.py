# SPDX-License-Identifier: Apache-2.0
"""A site of one small machine, and the same site with a second one and a conversation between the two."""

from __future__ import annotations

from pathlib import Path

SITE = "rf-t-cr"
GUESTS = Path("/var/cache/ringfence/guests")
POOL = f"/var/lib/libvirt/images/{SITE}-pool"
ONE = f"""
ringfence: 1
site: {{name: {SITE}, owner: Tests, description: Two small machines.}}
hosts:
  server1: {{pool: {POOL}, reserved_memory: 512 MiB}}
zones:
  near: {{description: The first., level: 2, sl_t: 1, ipv4: 10.77.1.0/24, ipv6: "fd77:0:0:1::/64"}}
  far: {{description: The second., level: 2, sl_t: 1, ipv4: 10.77.2.0/24}}
images:
  nano: {GUESTS}/nano.qcow2
  station: {GUESTS}/station.qcow2
profiles:
  small: {{description: Small., vcpus: 1, memory: 128 MiB, devices: [guest-agent]}}
services:
  echo: {{description: What is said comes back., flows: tcp/7}}
workloads:
  first:
    description: It is there before and after.
    profile: small
    zone: near
    ipv4: 10.77.1.10
    image: nano
    probes: [{{tcp: 7}}]
    cloud_init: {{user_data: "#ringfence-nano\\nECHO=1\\n"}}
"""
SECOND = """
  second:
    description: It comes while somebody kills the job.
    profile: small
    zone: far
    ipv4: 10.77.2.10
    image: station
    probes: [{tcp: 7}]
    cloud_init: {user_data: "#ringfence-nano\\nECHO=1\\n"}
conduits:
  talk:
    from: workload/first
    to: workload/second
    service: echo
    reason: They talk.
    owner: Tests
"""
TWO = ONE + SECOND
