# SPDX-License-Identifier: Apache-2.0
"""Artifacts of a plant of any size, in the form in which the compiler gives them, without a site file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ringfence.base.addresses import Address
from ringfence.base.identity import digest
from ringfence.compile.document import Artifact, Document, Kind
from ringfence.compile.scope import Endpoints, Scope
from ringfence.plan.intent import Intent

SCOPE = Scope("works", "server1")
STUBS = replace(SCOPE, endpoints=Endpoints.STUB)
RANK = {kind: rank for rank, kind in enumerate(Kind)}
IMAGE = "ab" * 32


class Strict:
    """Tolerates nothing."""

    def allows(self, kind: Kind, key: str, value: str) -> bool:
        return False


@dataclass(frozen=True)
class Vm:
    """One workload of the plant. ``version`` stands for what its definition is made of."""

    name: str
    version: int = 1
    after: tuple[str, ...] = ()
    critical: bool = False
    consent: str = ""
    probe: bool = True
    disk_mib: int = 1024
    number: int = 10
    domain_parts: int = 3


@dataclass(frozen=True)
class Plant:
    """A plant. A conduit is a name with the workloads it joins."""

    vms: tuple[Vm, ...]
    conduits: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    zones: tuple[str, ...] = ("control",)
    policy: str = "drop"
    scope: Scope = SCOPE
    outside: Mapping[str, str] = field(default_factory=dict)
    """Uplinks, each with what is said over it: where its one route, its frames and its relay lead."""

    def artifacts(self) -> tuple[Artifact, ...]:
        """Answer its artifacts, by kind and address."""
        found = [*self._fabric(), self._image()]
        for vm in self.vms:
            found += self._vm(vm)
        by_name = {vm.name: vm for vm in self.vms}
        found += [self._conduit(name, by_name[a], by_name[b]) for name, (a, b) in self.conduits.items()]
        found += [artifact for name, target in self.outside.items() for artifact in self._uplink(name, target)]
        found.sort(key=lambda artifact: (RANK[artifact.document.kind], artifact.address))
        boot = Document(self._at("boot", "files"), Kind.BOOT, {"all": digest([a.document.digest for a in found])})
        return (*found, Artifact(boot))

    def with_vm(self, name: str, **fields: Any) -> Plant:
        """Answer a plant in which one workload is changed."""
        return replace(self, vms=tuple(replace(vm, **fields) if vm.name == name else vm for vm in self.vms))

    def without(self, *names: str) -> Plant:
        """Answer a plant without some workloads and their conduits."""
        conduits = {name: ends for name, ends in self.conduits.items() if not set(ends) & set(names)}
        return replace(self, vms=tuple(vm for vm in self.vms if vm.name not in names), conduits=conduits)

    def _at(self, kind: str, *names: str) -> Address:
        return self.scope.address(kind, *names)

    def _fabric(self) -> list[Artifact]:
        told = Document(self._at("hostnet", "own", "links"), Kind.HOSTNET, {"file/etc/x": digest(list(self.zones))})
        namespace = Document(self._at("namespace", "router"), Kind.NAMESPACE, {"name": self.scope.namespace})
        links = [
            Document(self._at("link", zone), Kind.LINK, {"bridge/name": zone, "leg/ipv4": "10.0.0.1/24"})
            for zone in self.zones
        ]
        router = {"chain/forward/policy": self.policy, **{f"map/from/{zone}": "jump" for zone in self.zones}}
        tables = [
            Document(self._at("table", "guard"), Kind.TABLE, {"chain/arriving/policy": "accept"}),
            Document(self._at("table", "router"), Kind.TABLE, router),
        ]
        zones = tuple(f"zone/{zone}" for zone in self.zones)
        guards = [self._guard(vm) for vm in self.vms]
        return [Artifact(document, zones) for document in (told, namespace, *links, *tables)] + guards

    def _guard(self, vm: Vm) -> Artifact:
        parts = {f'element/bound4/"tap-{vm.name}" . {address(vm)}': "member"}
        document = Document(self._at("guard", vm.name), Kind.GUARD, parts)
        return Artifact(document, clause(vm), (self._at("table", "guard"),), {"workload": vm.name})

    def _image(self) -> Artifact:
        document = Document(self._at("image", IMAGE), Kind.IMAGE, {"path": f"/pool/base/{IMAGE}.qcow2"})
        return Artifact(document, ("image/base",), (), {"data": "no"})

    def _vm(self, vm: Vm) -> Iterable[Artifact]:
        at, facts = self._at, {"workload": vm.name, "critical": yes(vm.critical), "consent": vm.consent}
        volume_parts = {
            "path": f"/pool/{vm.name}.root.qcow2",
            "size": f"{vm.disk_mib} MiB",
            "backing": f"/pool/base/{IMAGE}.qcow2",
        }
        volume = Document(at("volume", vm.name, "root"), Kind.VOLUME, volume_parts)
        seed = Document(at("seed", vm.name), Kind.SEED, {"content": digest(vm.name)}, "files")
        made_of = digest([vm.name, vm.version])
        parts = {f"devices/thing[{index}]@model": f"{vm.version}" for index in range(vm.domain_parts)}
        domain = Document(
            at("domain", vm.name), Kind.DOMAIN, {**parts, "metadata/artifact@definition": made_of}, "<domain/>"
        )
        run = Document(at("run", vm.name), Kind.RUN, {"state": "running", "definition": made_of})
        yield Artifact(volume, clause(vm), (at("image", IMAGE),), {**facts, "data": "yes"})
        yield Artifact(seed, clause(vm), (), {**facts, "data": "no"})
        yield Artifact(domain, clause(vm), (volume.address, seed.address), facts)
        others = tuple(at("run", other) for other in vm.after)
        yield Artifact(run, clause(vm), (domain.address, at("table", "router"), at("guard", vm.name), *others), facts)
        port = Document(at("port", vm.name, "eth0"), Kind.PORT, {"name": f"tap-{vm.name}", "isolated": "1"})
        yield Artifact(port, clause(vm), (run.address,), {"workload": vm.name})
        if vm.probe:
            probe = Document(
                at("conduit", "probe", vm.name), Kind.CONDUIT, conduit_parts("10.0.0.1", address(vm), "probe4")
            )
            yield Artifact(probe, clause(vm), (at("table", "router"), run.address), {"workload": vm.name})

    def _conduit(self, name: str, near: Vm, far: Vm) -> Artifact:
        document = Document(self._at("conduit", name), Kind.CONDUIT, conduit_parts(address(near), address(far)))
        ends = tuple(self._at("run", vm) for vm in sorted({near.name, far.name}))
        return Artifact(document, (f"conduit/{name}",), (self._at("table", "router"), *ends))

    def _uplink(self, name: str, target: str) -> Iterable[Artifact]:
        kinds = {
            Kind.UPLINK: {"name": f"{name}.up", f"route/{target}": "direct"},
            Kind.FRAMES: {f"set/frames_{name}": target},
            Kind.RELAY: {f"element/casts4/{target} . 239.1.1.1 . 5000 . 10.0.0.2": "member"},
        }
        for kind, parts in kinds.items():
            document = Document(self._at(str(kind), name), kind, parts)
            yield Artifact(document, (f"uplink/{name}",), (self._at("table", "router"), self._at("table", "guard")))


def address(vm: Vm) -> str:
    return f"10.0.{vm.number // 250}.{vm.number % 250 + 2}"


def conduit_parts(source: str, target: str, table: str = "c4_control", port: int = 502) -> dict[str, str]:
    return {"state": "open", f"element/{table}/{source} . {target} . tcp . {port}": "goto leg_control"}


def clause(vm: Vm) -> tuple[Address, ...]:
    return (f"workload/{vm.name}",)


def yes(value: object) -> str:
    return "yes" if value else "no"


def small(**fields: Any) -> Plant:
    """Answer three workloads: a PLC with an essential function, SCADA after it, a historian."""
    vms = (Vm("plc", critical=True, number=1), Vm("scada", after=("plc",), number=2), Vm("historian", number=3))
    conduits = {"read": ("scada", "plc"), "store": ("scada", "historian")}
    return replace(Plant(vms, conduits), **fields)


def large(workloads: int, conduits: int, domain_parts: int = 80) -> Plant:
    """Answer a plant of any size over 40 zones."""
    vms = tuple(Vm(f"w{index}", number=index, domain_parts=domain_parts) for index in range(workloads))
    ends = {f"c{index}": (f"w{index % workloads}", f"w{(index * 7 + 1) % workloads}") for index in range(conduits)}
    return Plant(vms, ends, tuple(f"z{zone}" for zone in range(40)))


def observed(artifacts: Iterable[Artifact]) -> dict[Address, Document]:
    """Answer what would be observed when these stand."""
    return {artifact.address: artifact.document for artifact in artifacts}


def intent(removed: Iterable[Artifact] = (), destroy_data: Collection[str] = (), **fields: Any) -> Intent:
    """Answer an intent against the artifacts applied before."""
    known = {artifact.address: artifact for artifact in removed}
    return replace(Intent("works", 1, "ab", frozenset(destroy_data), known), **fields)
