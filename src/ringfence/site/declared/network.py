# SPDX-License-Identifier: Apache-2.0
"""Addresses and subnets as they are written."""

from __future__ import annotations

import re
from ipaddress import (
    AddressValueError,
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    NetmaskValueError,
)
from typing import Annotated, TypeVar

from pydantic import PlainValidator, WithJsonSchema

from ringfence.site.codes import Code

from .refusal import refuse, show

A = TypeVar("A", IPv4Address, IPv6Address)
N = TypeVar("N", IPv4Network, IPv6Network)

_MAC = re.compile(r"[0-9a-f]{2}([:-][0-9a-f]{2}){5}", re.ASCII)
_GROUP_BIT = 1


def _address(value: object, kind: type[A], example: str) -> A:
    version = "IPv4" if kind is IPv4Address else "IPv6"
    try:
        if isinstance(value, str) and "%" not in value:
            return kind(value)
    except AddressValueError:
        pass
    fix = f"Write one such as '{example}'."
    if isinstance(value, str) and "/" in value:
        fix = f"Write the address alone, without the length of the subnet, such as '{example}'."
    raise refuse(Code.ADDRESS, f"{show(value)} is not an {version} address.", fix)


def ipv4_address(value: object) -> IPv4Address:
    """Return the address of a text; raises the refusal."""
    return _usable(_address(value, IPv4Address, "10.10.1.11"))


def ipv6_address(value: object) -> IPv6Address:
    """Return the address of a text; raises the refusal."""
    return _usable(_address(value, IPv6Address, "fd10:10:0:1::11"))


def either_address(value: object) -> IPv4Address | IPv6Address:
    """Return the address of a text, of either version; raises the refusal."""
    return ipv6_address(value) if isinstance(value, str) and ":" in value else ipv4_address(value)


def _usable(address: A) -> A:
    mapped = isinstance(address, IPv6Address) and address.ipv4_mapped is not None
    special = address.is_multicast or address.is_loopback or address.is_link_local or address.is_unspecified
    if special or mapped or (isinstance(address, IPv4Address) and (address.is_reserved or int(address) < 1 << 24)):
        problem = f"{show(str(address))} is a special address that no single machine may have."
        raise refuse(Code.ADDRESS, problem, "Choose one from the zone's subnet.")
    return address


def _network(value: object, kind: type[N], example: str) -> N:
    version = "IPv4" if kind is IPv4Network else "IPv6"
    try:
        if isinstance(value, str) and "%" not in value:
            return kind(value, strict=False)
    except (AddressValueError, NetmaskValueError):
        pass
    fix = f"Write one such as '{example}'."
    raise refuse(Code.ADDRESS, f"{show(value)} is not an {version} subnet.", fix)


def _exact(value: object, network: N) -> N:
    written = str(value).partition("/")[0]
    if type(network.network_address)(written) != network.network_address:
        problem = f"{show(value)} names a machine in a subnet, not the subnet."
        raise refuse(Code.ADDRESS, problem, f"Write '{network}'.")
    return network


def _ipv4_range(value: object) -> IPv4Network:
    return _exact(value, _network(value, IPv4Network, "10.10.1.0/24"))


def _ipv6_range(value: object) -> IPv6Network:
    return _exact(value, _network(value, IPv6Network, "fd10:10:0:1::/64"))


def _subnet(network: N, longest: int) -> N:
    """Refuse what cannot be the subnet of a zone: it needs room for a gateway and machines."""
    if not network.prefixlen or network.prefixlen > longest:
        problem = f"{show(str(network))} cannot be the subnet of a zone."
        raise refuse(Code.ADDRESS, problem, f"Give the length of the subnet, from /1 to /{longest}.")
    if network.version == 6 and network.subnet_of(IPv6Network("::ffff:0:0/96")):  # noqa: PLR2004
        raise refuse(Code.ADDRESS, f"{show(str(network))} holds IPv4 addresses.", "Write it under 'ipv4'.")
    _usable(network.network_address + 1)
    return network


def _ipv4_subnet(value: object) -> IPv4Network:
    return _subnet(_ipv4_range(value), 30)


def _ipv6_subnet(value: object) -> IPv6Network:
    return _subnet(_ipv6_range(value), 126)


def _mac(value: object) -> str:
    """Return a unicast MAC address in lower case with colons."""
    found = _any_mac(value)
    if int(found[:2], 16) & _GROUP_BIT or found == "00:00:00:00:00:00":
        problem = f"{show(value)} is not the address of a single interface."
        raise refuse(Code.ADDRESS, problem, "The first byte is even, as in '52:54:00:12:34:56'.")
    return found


def _any_mac(value: object) -> str:
    if isinstance(value, str) and _MAC.fullmatch(value.lower()):
        return value.lower().replace("-", ":")
    fix = "Write six bytes, such as '52:54:00:12:34:56'."
    raise refuse(Code.ADDRESS, f"{show(value)} is not a MAC address.", fix)


_V4, _V6 = r"\d{1,3}(\.\d{1,3}){3}", r"[0-9a-fA-F:.]*:[0-9a-fA-F:.]*"
_MAC_SCHEMA = {"type": "string", "pattern": "^[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}$"}

ADDRESS_SCHEMA = {"type": "string", "pattern": f"^({_V4}|{_V6})$"}

V4Address = Annotated[
    IPv4Address, PlainValidator(ipv4_address), WithJsonSchema({"type": "string", "pattern": f"^{_V4}$"})
]
V6Address = Annotated[
    IPv6Address, PlainValidator(ipv6_address), WithJsonSchema({"type": "string", "pattern": f"^{_V6}$"})
]
EitherAddress = Annotated[
    IPv4Address | IPv6Address,
    PlainValidator(either_address),
    WithJsonSchema(ADDRESS_SCHEMA),
]
V4Subnet = Annotated[
    IPv4Network, PlainValidator(_ipv4_subnet), WithJsonSchema({"type": "string", "pattern": rf"^{_V4}/\d+$"})
]
V6Subnet = Annotated[
    IPv6Network, PlainValidator(_ipv6_subnet), WithJsonSchema({"type": "string", "pattern": rf"^{_V6}/\d+$"})
]
V4Range = Annotated[
    IPv4Network, PlainValidator(_ipv4_range), WithJsonSchema({"type": "string", "pattern": rf"^{_V4}(/\d+)?$"})
]
V6Range = Annotated[
    IPv6Network, PlainValidator(_ipv6_range), WithJsonSchema({"type": "string", "pattern": rf"^{_V6}(/\d+)?$"})
]
MacAddress = Annotated[str, PlainValidator(_mac), WithJsonSchema(_MAC_SCHEMA)]
AnyMacAddress = Annotated[str, PlainValidator(_any_mac), WithJsonSchema(_MAC_SCHEMA)]


def _group(value: object) -> IPv4Address | IPv6Address:
    """Return a multicast group (RFC 5771, RFC 4291 section 2.7)."""
    text = value if isinstance(value, str) else ""
    found: IPv4Address | IPv6Address
    found = _address(value, IPv6Address, "ff05::1") if ":" in text else _address(value, IPv4Address, "239.1.2.3")
    if not found.is_multicast:
        fix = "Groups lie in 224.0.0.0/4 and ff00::/8."
        raise refuse(Code.ADDRESS, f"{show(value)} is not a multicast group.", fix)
    return found


Group = Annotated[IPv4Address | IPv6Address, PlainValidator(_group), WithJsonSchema(ADDRESS_SCHEMA)]
