# SPDX-License-Identifier: Apache-2.0
"""Apply of eight nano guests against a bare script with the same XML: ``python bench/apply.py [ROUNDS]`` as root.

The fabric stands in both cases, there are no probes, and four guests start at a time. The clock runs from the start of
the process until libvirt says that the eighth domain runs. The two take turns; the ratio of the medians counts.
Then, with twenty guests running: an apply with nothing to do, status, and --help.
"""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import libvirt

SITE = "rf-t-bench"
NANO = Path("/var/cache/ringfence/guests/nano.qcow2")
POOL = Path("/var/lib/libvirt/images/rf-t-bench")
FEW, MANY = 8, 20
PARALLEL = 4
ROUNDS = 3
RINGFENCE = str(Path(sys.executable).with_name("ringfence"))


def site_text(workloads: int) -> str:
    """Return a site of one zone and that many nano guests without probes."""
    lines = [
        f"ringfence: 1\nsite: {{name: {SITE}, owner: bench}}",
        f"hosts:\n  server1: {{reserved_memory: 512 MiB, pool: {POOL}}}",
        "zones:\n  cell: {level: 1, sl_t: 1, ipv4: 10.99.1.0/24}",
        f"images: {{nano: {NANO}}}\nworkloads:",
    ]
    lines += [f"  nano-{number}: {{zone: cell, memory: 96 MiB, vcpus: 1, image: nano}}" for number in range(workloads)]
    return "\n".join(lines if workloads else lines[:-1]) + "\n"


class Bench:
    """One site in a scratch folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.site = folder / "site.yaml"
        self.environment = {"RINGFENCE_STATE": str(folder / "state"), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
        self.libvirt = libvirt.open("qemu:///system")

    def ringfence(self, *arguments: str) -> float:
        """Run a command and return its seconds. Raises CalledProcessError."""
        began = time.perf_counter()
        command = [RINGFENCE, "-s", str(self.site), *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
        return time.perf_counter() - began

    def shape(self, workloads: int) -> None:
        """Write the site file for that many workloads."""
        self.site.write_text(site_text(workloads), encoding="utf-8")

    def running(self) -> int:
        """Return how many of the site's domains run."""
        found = self.libvirt.listAllDomains(libvirt.VIR_CONNECT_LIST_DOMAINS_RUNNING)
        return sum(domain.name().startswith(f"{SITE}-") for domain in found)

    def until_running(self, start: Callable[[], subprocess.Popen[str]]) -> float:
        """Return seconds from starting a process until all of the few guests run."""
        began = time.perf_counter()
        process = start()
        while self.running() < FEW:
            if process.poll() not in {None, 0}:
                raise SystemExit(f"It failed: {process.communicate()}")
            time.sleep(0.02)
        took = time.perf_counter() - began
        process.communicate()
        return took

    def apply(self) -> subprocess.Popen[str]:
        """Start an apply."""
        command = [RINGFENCE, "-s", str(self.site), "apply", "--yes", "--workers", str(PARALLEL)]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, env=self.environment, stdout=pipe, stderr=pipe, text=True)

    def script(self) -> subprocess.Popen[str]:
        """Start the bare script: copy the image, then per guest make a disk, define, start."""
        pipe = subprocess.PIPE
        return subprocess.Popen(["sh", str(self.folder / "bare.sh")], stdout=pipe, stderr=pipe, text=True)


def write_script(bench: Bench) -> None:
    """Write the bare script from what the last apply defined."""
    domains = [domain for domain in bench.libvirt.listAllDomains() if domain.name().startswith(f"{SITE}-")]
    base = next((POOL / SITE / "base").iterdir())
    for domain in domains:
        (bench.folder / f"{domain.name()}.xml").write_text(domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE))
    one = (
        f"n=$1; d={POOL}/{SITE}/$n.root.qcow2; qemu-img create -q -f qcow2 -F qcow2 -b {base} $d && chown $2 $d && "
        f"virsh -q define {bench.folder}/{SITE}-$n.xml && virsh -q start {SITE}-$n"
    )
    (bench.folder / "one.sh").write_text(one + "\n")
    names = "\n".join(f"{domain.name().removeprefix(f'{SITE}-')} {owner(domain)}" for domain in domains)
    (bench.folder / "names").write_text(names + "\n")
    steps = [
        f"mkdir -p {base.parent} && cp {NANO} {base}",
        f"xargs -P {PARALLEL} -n 2 sh {bench.folder}/one.sh <{bench.folder}/names",
    ]
    (bench.folder / "bare.sh").write_text("\n".join(steps) + "\n")


def owner(domain: libvirt.virDomain) -> str:
    """Return the number of the user that a domain's QEMU runs as, from its DAC label."""
    found = re.search(r"<label>\+(\d+):", domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE))
    if found is None:
        raise SystemExit(f"{domain.name()} has no user of its own.")
    return found[1]


def clear(bench: Bench) -> None:
    """Take the guests away and leave the fabric."""
    for domain in bench.libvirt.listAllDomains():
        if domain.name().startswith(f"{SITE}-"):
            if domain.isActive():
                domain.destroy()
            domain.undefine()
    bench.shape(0)
    bench.ringfence("apply", "--yes", *[word for number in range(FEW) for word in ("--destroy-data", f"nano-{number}")])


def compare(bench: Bench, rounds: int) -> None:
    """Print both ways of starting eight guests, and their ratio."""
    ours, bare = [], []
    bench.shape(0)
    bench.ringfence("apply", "--yes")
    for _ in range(rounds):
        bench.shape(FEW)
        ours.append(bench.until_running(bench.apply))
        write_script(bench)
        clear(bench)
        bare.append(bench.until_running(bench.script))
        clear(bench)
    print(f"eight guests, ringfence apply: {statistics.median(ours):6.2f} s   {[round(one, 2) for one in ours]}")
    print(f"eight guests, bare script:     {statistics.median(bare):6.2f} s   {[round(one, 2) for one in bare]}")
    print(f"ratio of medians: {statistics.median(ours) / statistics.median(bare):.2f} (wanted: at most 1.25)")


def commands(bench: Bench, rounds: int) -> None:
    """Print how long commands take while twenty guests run."""
    bench.shape(MANY)
    bench.ringfence("apply", "--yes")
    time.sleep(20)  # the guests finish their start, and leave the cores to us
    for words, wanted in ((("apply", "--yes"), 1.0), (("status",), 0.6), (("--help",), 0.2)):
        took = [bench.ringfence(*words) for _ in range(rounds + 2)]
        print(
            f"{MANY} guests, ringfence {' '.join(words):12} {statistics.median(took):5.2f} s (wanted: under {wanted} s)"
        )


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with tempfile.TemporaryDirectory(dir="/var/tmp", prefix="rf-t-bench-") as folder:
        bench = Bench(Path(folder))
        try:
            compare(bench, rounds)
            commands(bench, rounds)
        finally:
            bench.ringfence("destroy", "--yes", "--all-data", "--forget")


if __name__ == "__main__":
    main()
