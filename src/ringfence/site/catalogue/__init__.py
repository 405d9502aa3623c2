# SPDX-License-Identifier: Apache-2.0
"""Services that every site knows, with where their ports come from.

"IANA" is IANA's Service Name and Transport Protocol Port Number Registry. Where the protocol can carry more than one
conversation (FTP's data, OPC Classic's RPC), only what the name says is in the flows.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ringfence.site.service import Service

from .automation import AUTOMATION
from .building import BUILDING
from .energy import ENERGY
from .medical import MEDICAL
from .messaging import MESSAGING
from .storage import STORAGE
from .systems import SYSTEMS
from .web import WEB

_ALL = (*AUTOMATION, *BUILDING, *ENERGY, *MEDICAL, *MESSAGING, *STORAGE, *SYSTEMS, *WEB)

CATALOGUE: Mapping[str, Service] = MappingProxyType(
    {service.name: service for service in sorted(_ALL, key=lambda s: s.name)}
)
"""The built-in services by name, sorted."""
