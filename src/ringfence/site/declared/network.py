# SPDX-License-Identifier: Apache-2.0
"""Addresses and subnets as they are written."""

from __future__ import annotations

import re
from ipaddress import (
    AddressValueError,
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
    NetmaskValueError,
)
from typing import Annotated, TypeVar

from pydantic import PlainValidator, WithJsonSchema

from ringfence.site.codes import Code

from .described import as_text, text
from .refusal import refuse, show

A = TypeVar("A", IPv4Address, IPv6Address)
N = TypeVar("N", IPv4Network, IPv6Network)
F = TypeVar("F", IPv4Interface, IPv6Interface)

_V4, _V6 = 4, 6
_EXAMPLES = {_V4: "10.10.1.11", _V6: "fd10:10:0:1::11"}
_SUBNETS = {_V4: "10.10.1.0/24", _V6: "fd10:10:0:1::/64"}
_LONGEST = {_V4: 30, _V6: 126}
_MAPPED = IPv6Network("::ffff:0:0/96")  # RFC 4291 section 2.5.5.2
_THIS_NETWORK = IPv4Network("0.0.0.0/8")  # RFC 791 section 3.2
_MAC = re.compile(r"[0-9a-f]{2}([:-][0-9a-f]{2}){5}", re.ASCII)
_GROUP_BIT = 1


def _address(value: object, kind: type[A], version: int) -> A:
    try:
        if isinstance(value, str) and "%" not in value:
            return kind(value)
    except AddressValueError:
        pass
    fix = f"Write one such as '{_EXAMPLES[version]}'."
    if isinstance(value, str) and "/" in value:
        fix = f"Write the address without the length of its subnet, such as '{_EXAMPLES[version]}'."
    raise refuse(Code.ADDRESS, f"{show(value)} is not an IPv{version} address.", fix)


def ipv4_address(value: object) -> IPv4Address:
    """Return the IPv4 address of one machine; raises the refusal."""
    return _usable(_address(value, IPv4Address, _V4), value)


def ipv6_address(value: object) -> IPv6Address:
    """Return the IPv6 address of one machine; raises the refusal."""
    return _usable(_address(value, IPv6Address, _V6), value)


def either_address(value: object) -> IPv4Address | IPv6Address:
    """Return the address of one machine; raises the refusal."""
    return ipv6_address(value) if isinstance(value, str) and ":" in value else ipv4_address(value)


def _usable(address: A, written: object) -> A:
    if _is_special(address):
        problem = f"{show(written)} is a special address that no single machine may have."
        raise refuse(Code.ADDRESS, problem, "Choose one from the zone's subnet.")
    return address


def _is_special(address: IPv4Address | IPv6Address) -> bool:
    if address.is_multicast or address.is_loopback or address.is_link_local or address.is_unspecified:
        return True
    return address in _MAPPED or address in _THIS_NETWORK or (address.version == _V4 and address.is_reserved)


def _range(value: object, kind: type[N], version: int) -> N:
    """Return a range, of which the first address has to be written."""
    try:
        network = kind(value, strict=False) if isinstance(value, str) and "%" not in value else None
    except (AddressValueError, NetmaskValueError):
        network = None
    if network is None:
        fix = f"Write one such as '{_SUBNETS[version]}'."
        raise refuse(Code.ADDRESS, f"{show(value)} is not an IPv{version} subnet.", fix)
    if str(value).count("/") and not _is_first(str(value), network):
        problem = f"{show(value)} names a machine in a subnet, not the subnet."
        raise refuse(Code.ADDRESS, problem, f"Write '{network}'.")
    return network


def _is_first(written: str, network: N) -> bool:
    return type(network.network_address)(written.partition("/")[0]) == network.network_address


def _subnet(network: N, version: int, written: object) -> N:
    """Refuse what cannot be the subnet of a zone: it needs room for a gateway and machines."""
    longest = _LONGEST[version]
    if not 1 <= network.prefixlen <= longest:
        problem = f"{show(written)} cannot be the subnet of a zone."
        raise refuse(Code.ADDRESS, problem, f"Give the length of the subnet, from /1 to /{longest}.")
    first = network.network_address + 1
    if _is_special(first):
        problem = f"{show(written)} is a special range that no machines of a zone may have."
        fix = f"Choose a private one, such as '{_SUBNETS[version]}'."
        raise refuse(Code.ADDRESS, problem, fix)
    return network


def _interface(value: object, kind: type[F], version: int) -> F:
    """Return the address of one machine with the length of its subnet."""
    try:
        found = kind(value) if isinstance(value, str) and value.count("/") == 1 and "%" not in value else None
    except (AddressValueError, NetmaskValueError):
        found = None
    if found is None:
        fix = f"Write address and length of the subnet, such as '{_EXAMPLES[version]}/{_SUBNETS[version][-2:]}'."
        raise refuse(Code.ADDRESS, f"{show(value)} is not an IPv{version} address with its length.", fix)
    network = found.network
    if (
        not 1 <= network.prefixlen <= _LONGEST[version]
        or found.ip in {network[0], network[-1]}
        or _is_special(found.ip)
    ):
        fix = f"Write one such as '{_EXAMPLES[version]}/{_SUBNETS[version][-2:]}'."
        raise refuse(Code.ADDRESS, f"{show(value)} cannot be the address of a machine in a subnet.", fix)
    return found


def _ipv4_interface(value: object) -> IPv4Interface:
    return _interface(value, IPv4Interface, _V4)


def _ipv6_interface(value: object) -> IPv6Interface:
    return _interface(value, IPv6Interface, _V6)


def _ipv4_range(value: object) -> IPv4Network:
    return _range(value, IPv4Network, _V4)


def _ipv6_range(value: object) -> IPv6Network:
    return _range(value, IPv6Network, _V6)


def _ipv4_subnet(value: object) -> IPv4Network:
    return _subnet(_ipv4_range(value), _V4, value)


def _ipv6_subnet(value: object) -> IPv6Network:
    return _subnet(_ipv6_range(value), _V6, value)


def _group(value: object) -> IPv4Address | IPv6Address:
    """Return a multicast group (RFC 5771; RFC 4291 section 2.7)."""
    is_v6 = isinstance(value, str) and ":" in value
    found = _address(value, IPv6Address, _V6) if is_v6 else _address(value, IPv4Address, _V4)
    if not found.is_multicast:
        fix = "Groups lie in 224.0.0.0/4 and ff00::/8."
        raise refuse(Code.ADDRESS, f"{show(value)} is not a multicast group.", fix)
    return found


def _any_mac(value: object) -> str:
    """Return a MAC address in lower case with colons."""
    if isinstance(value, str) and _MAC.fullmatch(value.lower()):
        return value.lower().replace("-", ":")
    fix = "Write six bytes, such as '52:54:00:12:34:56'."
    raise refuse(Code.ADDRESS, f"{show(value)} is not a MAC address.", fix)


def _mac(value: object) -> str:
    found = _any_mac(value)
    if int(found[:2], 16) & _GROUP_BIT or found == "00:00:00:00:00:00":
        problem = f"{show(value)} is not the address of a single interface."
        raise refuse(Code.ADDRESS, problem, "The first byte is even, as in '52:54:00:12:34:56'.")
    return found


_FOUR, _SIX = r"\d{1,3}(\.\d{1,3}){3}", r"[0-9a-fA-F:.]*:[0-9a-fA-F:.]*"
ADDRESS_SCHEMA = text("IP address", f"({_FOUR}|{_SIX})")
_EITHER_SCHEMA = WithJsonSchema(ADDRESS_SCHEMA)
_MAC_SCHEMA = as_text("MAC address", "[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}")
_RANGES = as_text("IPv4 address or subnet", rf"{_FOUR}(/\d+)?"), as_text("IPv6 address or subnet", rf"{_SIX}(/\d+)?")

V4Address = Annotated[IPv4Address, PlainValidator(ipv4_address), as_text("IPv4 address", _FOUR)]
V6Address = Annotated[IPv6Address, PlainValidator(ipv6_address), as_text("IPv6 address", _SIX)]
EitherAddress = Annotated[IPv4Address | IPv6Address, PlainValidator(either_address), _EITHER_SCHEMA]
Group = Annotated[IPv4Address | IPv6Address, PlainValidator(_group), _EITHER_SCHEMA]
V4Subnet = Annotated[IPv4Network, PlainValidator(_ipv4_subnet), as_text("IPv4 subnet", rf"{_FOUR}/\d+")]
V6Subnet = Annotated[IPv6Network, PlainValidator(_ipv6_subnet), as_text("IPv6 subnet", rf"{_SIX}/\d+")]
V4Interface = Annotated[
    IPv4Interface, PlainValidator(_ipv4_interface), as_text("IPv4 address with its length", rf"{_FOUR}/\d+")
]
V6Interface = Annotated[
    IPv6Interface, PlainValidator(_ipv6_interface), as_text("IPv6 address with its length", rf"{_SIX}/\d+")
]
V4Range = Annotated[IPv4Network, PlainValidator(_ipv4_range), _RANGES[0]]
V6Range = Annotated[IPv6Network, PlainValidator(_ipv6_range), _RANGES[1]]
MacAddress = Annotated[str, PlainValidator(_mac), _MAC_SCHEMA]
AnyMacAddress = Annotated[str, PlainValidator(_any_mac), _MAC_SCHEMA]
