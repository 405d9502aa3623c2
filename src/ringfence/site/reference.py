# SPDX-License-Identifier: Apache-2.0
"""The reference page of the site file, made from the form, the profiles, the catalogue and the table of diagnostics.

``python -m ringfence.site.reference > docs/reference/site-schema.md`` writes the page anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from .catalogue import CATALOGUE
from .codes import MEANINGS
from .profile import PROFILES, Profile
from .schema import Schema, json_schema
from .service import Flow

_HEAD = """<!-- Generated from the code: python -m ringfence.site.reference > docs/reference/site-schema.md -->
# The site file

One file says everything about a site. It is YAML 1.2 in UTF-8, of at most 16 MiB. Text such as `no` or `22:22` stays
text; `0x88b8` is a number; a key may stand once. Anchors, aliases, tags, merge keys and a second document are refused.
The order of keys never matters; the order of lists does where this page says so.

`ringfence check` tells everything that is wrong with a file in one run, as `file:line:column`, with what to do.
`ringfence schema` prints a JSON Schema; editors that know the YAML language server use it after this first line:

    # yaml-language-server: $schema=site.schema.json

Names have 1 to 31 lower-case letters, digits and hyphens, and begin with a letter. A workload, an asset or a zone is
named together with its kind where any of them may stand: `workload/scada`, `zone/control`; `workload/scada/eth1` picks
one interface.
"""

_ORDER = (
    "Site",
    "About",
    "Host",
    "Zone",
    "Security",
    "Learn",
    "Gateway",
    "Workload",
    "Interface",
    "Disk",
    "Device",
    "UsbDevice",
    "PciDevice",
    "SerialDevice",
    "Probe",
    "TcpProbe",
    "HttpProbe",
    "ModbusProbe",
    "Identity",
    "CloudInit",
    "Profile",
    "Image",
    "Service",
    "Flow",
    "Conduit",
    "LayerTwo",
    "Rate",
    "Asset",
    "Uplink",
    "Exception",
    "Verify",
)


def markdown() -> str:
    """Return the page."""
    schema = json_schema()
    forms = {**schema["$defs"], "Site": schema}
    missing = set(forms) - set(_ORDER) - {"Plain"}
    if missing:
        raise ValueError(f"The reference has no place for {', '.join(sorted(missing))}.")
    parts = [_HEAD, *(_form(name, forms[name]) for name in _ORDER), _profiles(), _services(), _diagnostics()]
    return "\n".join(parts)


def _form(name: str, form: Schema) -> str:
    required = set(form.get("required", ()))
    rows = (
        (f"`{key}`", _kind(field), _otherwise(key, field, required), field["description"])
        for key, field in form["properties"].items()
    )
    about = form.get("description", "A site file.")
    return f"## {name}\n\n{about}\n\n" + _table(("key", "value", "default", "meaning"), rows)


def _otherwise(key: str, field: Schema, required: set[str]) -> str:
    if key in required:
        return "required"
    default = field.get("default")
    if default in (None, "", [], {}):
        return ""
    return f"`{default}`" if isinstance(default, str) else f"`{json.dumps(default)}`"


def _kind(schema: Schema) -> str:
    """Say in a few words what may stand somewhere."""
    if "$comment" in schema:
        return str(schema["$comment"])
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return "" if name == "Plain" else f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return _either(schema["anyOf"])
    if "enum" in schema:
        return ", ".join(f"`{choice}`" for choice in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    return _typed(schema)


def _either(choices: Sequence[Schema]) -> str:
    said = [_kind(choice) for choice in choices if choice.get("type") != "null"]
    singles = [text for text in dict.fromkeys(said) if text and not text.startswith("list of ")]
    lists = [text for text in said if text.startswith("list of ")]
    if lists and lists[0] == f"list of {' or '.join(singles)}":
        return f"{' or '.join(singles)}; or a list of them"
    return " or ".join(dict.fromkeys([*singles, *lists]))


def _typed(schema: Schema) -> str:
    kind = schema["type"]
    if kind == "array":
        return f"list of {_kind(schema['items'])}"
    if kind == "object":
        (held,) = schema["patternProperties"].values()
        return f"names, each with {_kind(held)}"
    if kind in {"integer", "number"} and "minimum" in schema:
        return f"{schema['minimum']} to {schema['maximum']}"
    return {"boolean": "`true`, `false`", "string": "text"}.get(kind, str(kind))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def _profiles() -> str:
    head = ("profile", "vcpus", "memory", "chipset", "firmware", "clock", "display", "disks", "interfaces", "devices")
    about = "\n".join(f"- `{profile.name}`: {profile.description}" for profile in PROFILES.values())
    return f"## Built-in profiles\n\n{about}\n\n" + _table(head, map(_profile, PROFILES.values()))


def _profile(of: Profile) -> tuple[str, ...]:
    devices = ", ".join(device.kind for device in of.devices) or "none"
    hardware = (f"`{of.name}`", str(of.vcpus), f"{of.memory_mib} MiB", of.chipset, of.firmware)
    return (*hardware, of.clock, of.display, of.bus, of.nic, devices)


def _services() -> str:
    head = ("service", "what", "flows", "encrypted", "remote access", "source")
    rows = (
        (
            f"`{one.name}`",
            one.description,
            _flows(one.flows),
            _yes(is_so=one.encrypted),
            _yes(is_so=one.remote_access),
            one.source,
        )
        for one in CATALOGUE.values()
    )
    about = "A site can declare a service of the same name: it then stands for the built-in one."
    return f"## Built-in services\n\n{about}\n\n" + _table(head, rows)


def _yes(*, is_so: bool) -> str:
    return "yes" if is_so else ""


def _flows(flows: Iterable[Flow]) -> str:
    return ", ".join(_words(flow) for flow in flows)


def _words(flow: Flow) -> str:
    ports = ",".join(str(port) for port in flow.ports)
    parts: Iterator[Any] = iter(
        (
            f"{flow.protocol}/{ports}" if ports else flow.protocol,
            "back" if flow.direction == "back" else "",
            flow.reach if flow.reach != "unicast" else "",
            flow.group or "",
        )
    )
    return " ".join(str(part) for part in parts if part)


def _diagnostics() -> str:
    rows = ((f"`{code}`", meaning) for code, meaning in sorted(MEANINGS.items()))
    about = "An id never changes its meaning. All of them refuse the file."
    return f"## What can be wrong with a site file\n\n{about}\n\n" + _table(("id", "meaning"), rows)


if __name__ == "__main__":
    print(markdown(), end="")  # noqa: T201  # this is how the page is written
