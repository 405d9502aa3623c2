# SPDX-License-Identifier: Apache-2.0
"""Resolves services and flows."""

from __future__ import annotations

from ringfence.site.declared.service import FlowForm, ServiceForm
from ringfence.site.service import Flow, Service


def service(name: str, form: ServiceForm) -> Service:
    """Return a service of the site's own."""
    return Service(
        name=name,
        flows=tuple(flow(one) for one in form.flows),
        encrypted=form.encrypted,
        remote_access=form.remote_access,
        source=form.source,
        description=form.description,
    )


def flow(form: FlowForm) -> Flow:
    """Return one flow."""
    return Flow(form.protocol, form.ports, form.direction, form.reach, form.group)


def inline(form: FlowForm) -> Service:
    """Return the service that a conduit's own flow makes. Its name is the flow, such as ``tcp/8080``."""
    found = flow(form)
    return Service(_name(found), (found,), source="The site file.")


def _name(of: Flow) -> str:
    parts: list[str] = [of.protocol]
    if of.ports:
        parts.append(",".join(str(port) for port in of.ports))
    if of.direction == "back":
        parts.append("back")
    if of.reach != "unicast":
        parts.append(of.reach)
    if of.group is not None:
        parts.append(str(of.group))
    return "/".join(parts)
