# SPDX-License-Identifier: Apache-2.0
"""JSON Schema (draft 2020-12) of the site file, for editors. Made from the form: the two cannot differ.

``python -m ringfence.site.schema > docs/reference/site.schema.json`` writes the file anew.
"""

from __future__ import annotations

import json
from typing import Any

from .declared.site import SiteForm

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SUFFIX = "Form"
_SPOKEN = {
    "sl_t": "SL-T",
    "ipv4": "IPv4",
    "ipv6": "IPv6",
    "mac": "MAC address",
    "vcpus": "Virtual CPUs",
    "tpm": "TPM",
    "dhcp": "DHCP",
    "vlan": "VLAN",
    "cloud_init": "cloud-init",
    "smbios_serial": "SMBIOS serial",
    "uuid": "UUID",
    "usb": "USB",
    "pci": "PCI",
    "tcp": "TCP",
    "http": "HTTP",
    "rng": "Random numbers",
    "sha256": "SHA-256",
    "destination_mac": "Destination MAC address",
    "ethertype": "EtherType",
    "nic": "Network card",
    **{part: part.upper() for part in ("iac", "uc", "si", "dc", "rdf", "tre", "ra")},
}

Schema = dict[str, Any]


def json_schema() -> Schema:
    """Return the schema as plain dictionaries and lists, ready for ``json.dumps``."""
    made = json.loads(json.dumps(SiteForm.model_json_schema()).replace(f'{_SUFFIX}"', '"'))
    definitions = {name: _titled(form, name) for name, form in sorted(made.pop("$defs").items())}
    head = {"$schema": DIALECT, "title": "Ringfence site file"}
    return {**head, **{k: v for k, v in _titled(made, "Site").items() if k != "title"}, "$defs": definitions}


def schema_text() -> str:
    """Return the schema as it lies in docs/reference/site.schema.json."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def _titled(form: Schema, name: str) -> Schema:
    """Give a form and its fields titles that read well."""
    fields = {key: {**_closed(field), "title": _title(key)} for key, field in form.get("properties", {}).items()}
    return {**form, "title": name, **({"properties": fields} if fields else {})}


def _closed(field: Schema) -> Schema:
    """Refuse keys that are no names: pydantic leaves open what does not match the pattern."""
    if "anyOf" in field:
        return {**field, "anyOf": [_closed(one) for one in field["anyOf"]]}
    return {**field, "additionalProperties": False} if "patternProperties" in field else field


def _title(key: str) -> str:
    return _SPOKEN.get(key) or key.replace("_", " ").replace("-", " ").capitalize()


if __name__ == "__main__":
    print(schema_text(), end="")  # noqa: T201  # python -m ringfence.site.schema > docs/reference/site.schema.json
