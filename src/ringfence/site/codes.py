# SPDX-License-Identifier: Apache-2.0
"""Stable ids of everything the loader may say about a site file. Ids are never reused or given another meaning."""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    """Id of a diagnostic. ``MEANINGS`` says what each one tells."""

    ADDRESS = "RF-SITE-ADDRESS"
    ALIAS = "RF-SITE-ALIAS"
    CHOICE = "RF-SITE-CHOICE"
    CLASH = "RF-SITE-CLASH"
    CLOUD_INIT = "RF-SITE-CLOUD-INIT"
    CONTRADICTION = "RF-SITE-CONTRADICTION"
    CYCLE = "RF-SITE-CYCLE"
    DATE = "RF-SITE-DATE"
    DISK = "RF-SITE-DISK"
    DOCUMENTS = "RF-SITE-DOCUMENTS"
    DUPLICATE = "RF-SITE-DUPLICATE"
    DUPLICATE_KEY = "RF-SITE-DUPLICATE-KEY"
    ENCODING = "RF-SITE-ENCODING"
    ENDPOINT = "RF-SITE-ENDPOINT"
    FILE = "RF-SITE-FILE"
    IDENTITY = "RF-SITE-IDENTITY"
    KEY = "RF-SITE-KEY"
    MERGE_KEY = "RF-SITE-MERGE-KEY"
    MISSING = "RF-SITE-MISSING"
    MORE = "RF-SITE-MORE"
    NAME = "RF-SITE-NAME"
    OUTSIDE = "RF-SITE-OUTSIDE"
    OVERLAP = "RF-SITE-OVERLAP"
    PORT = "RF-SITE-PORT"
    RANGE = "RF-SITE-RANGE"
    REFERENCE = "RF-SITE-REFERENCE"
    SYNTAX = "RF-SITE-SYNTAX"
    TAG = "RF-SITE-TAG"
    TEXT = "RF-SITE-TEXT"
    TOO_DEEP = "RF-SITE-TOO-DEEP"
    TOO_LARGE = "RF-SITE-TOO-LARGE"
    TYPE = "RF-SITE-TYPE"
    UNIT = "RF-SITE-UNIT"
    UNKNOWN_KEY = "RF-SITE-UNKNOWN-KEY"
    VERSION = "RF-SITE-VERSION"


MEANINGS: dict[Code, str] = {
    Code.ADDRESS: "An IP address, subnet, MAC address or path is not written as one, or may not be used here.",
    Code.ALIAS: "The file uses a YAML anchor (&) or alias (*).",
    Code.CHOICE: "A value is not one of those that may stand here.",
    Code.CLASH: "Two things would have the same IP address, MAC address, UUID or interface.",
    Code.CLOUD_INIT: "The first-boot instructions would be ignored by the guest.",
    Code.CONTRADICTION: "Two fields of one thing exclude each other, or one needs the other.",
    Code.CYCLE: "Workloads wait for one another in a circle.",
    Code.DATE: "A date is not written as year-month-day.",
    Code.DISK: "A workload has no disk, or a disk has neither an image nor a size.",
    Code.DOCUMENTS: "The file holds more than one YAML document, or none.",
    Code.DUPLICATE: "A list names the same thing twice.",
    Code.DUPLICATE_KEY: "A mapping has the same key twice.",
    Code.ENCODING: "The file is not text in UTF-8.",
    Code.ENDPOINT: "An end of a conduit does not say of which kind it is.",
    Code.FILE: "A file that the site file names cannot be used.",
    Code.IDENTITY: "An identity that has to be kept (UUID, serial number, machine type) is not well-formed.",
    Code.KEY: "A key of a mapping is not a string.",
    Code.MERGE_KEY: "The file uses the YAML 1.1 merge key (<<).",
    Code.MISSING: "Something that has to be said is not.",
    Code.MORE: "There are more problems than are shown.",
    Code.NAME: "A name does not follow the rule for names.",
    Code.OUTSIDE: "An address lies outside the subnet of its zone.",
    Code.OVERLAP: "Two subnets overlap.",
    Code.PORT: "A port or range of ports is not well-formed.",
    Code.RANGE: "A number or a text is too small, too large or too long.",
    Code.REFERENCE: "Something is named that is not declared.",
    Code.SYNTAX: "The file is not YAML.",
    Code.TAG: "The file uses a YAML tag (!) or directive (%).",
    Code.TEXT: "A text holds characters that cannot be shown.",
    Code.TOO_DEEP: "The file is nested too deeply.",
    Code.TOO_LARGE: "The file has too many bytes, values or conversations.",
    Code.TYPE: "A value is of another type than the one that stands here.",
    Code.UNIT: "A size or a time has no unit, or one that is not known.",
    Code.UNKNOWN_KEY: "A key is not known here.",
    Code.VERSION: "The file does not say that it is of version 1.",
}
