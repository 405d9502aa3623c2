# SPDX-License-Identifier: Apache-2.0
"""References to a workload, an asset or a zone: ``workload/scada``, ``workload/scada/eth1``, ``zone/control``."""

from __future__ import annotations

from typing import Annotated, Literal, cast

from pydantic import PlainValidator

from ringfence.base.names import NAME_PATTERN, is_name
from ringfence.site.codes import Code
from ringfence.site.conduit import Endpoint

from .described import as_text
from .refusal import refuse, show

_KINDS = ("workload", "asset", "zone")
_WITH_INTERFACE = 3


def endpoint(value: object) -> Endpoint:
    """Return the end of a conduit; raises the refusal."""
    steps = value.split("/") if isinstance(value, str) else []
    if len(steps) == 1 and is_name(steps[0]):
        choices = ", ".join(f"'{kind}/{steps[0]}'" for kind in _KINDS)
        raise refuse(Code.ENDPOINT, f"{show(value)} does not say what it is.", f"Write one of {choices}.")
    interfaces = len(steps) == _WITH_INTERFACE and steps[0] == "workload"
    if (len(steps) != _WITH_INTERFACE - 1 and not interfaces) or steps[0] not in _KINDS:
        fix = "Write 'workload/NAME', 'workload/NAME/INTERFACE', 'asset/NAME' or 'zone/NAME'."
        raise refuse(Code.ENDPOINT, f"{show(value)} is not the end of a conduit.", fix)
    if not all(is_name(step) for step in steps):
        raise refuse(Code.ENDPOINT, f"{show(value)} holds something that is not a name.", "Check its spelling.")
    kind = cast("Literal['workload', 'asset', 'zone']", steps[0])
    return Endpoint(kind, steps[1], steps[2] if interfaces else None)


def _time_source(value: object) -> Endpoint:
    found = endpoint(value)
    if found.kind == "zone" or found.interface is not None:
        fix = "Write 'asset/NAME' or 'workload/NAME'."
        raise refuse(Code.ENDPOINT, f"{show(value)} is not one machine.", fix)
    return found


_NAME = NAME_PATTERN.strip("^$")
_END = f"((asset|zone)/{_NAME}|workload/{_NAME}(/{_NAME})?)"
End = Annotated[Endpoint, PlainValidator(endpoint), as_text("workload, asset or zone, such as `workload/scada`", _END)]
Reference = Annotated[
    Endpoint, PlainValidator(_time_source), as_text("`asset/NAME` or `workload/NAME`", f"(asset|workload)/{_NAME}")
]
