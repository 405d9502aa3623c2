# SPDX-License-Identifier: Apache-2.0
"""The schema for editors and the reference page are made from the form, and agree with the loader."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from tests.unit.site.case import CASES

from ringfence.site.reference import markdown
from ringfence.site.schema import json_schema, schema_text
from ringfence.site.yaml12 import parse

VALIDATOR = Draft202012Validator(json_schema())
GOOD = sorted(path.name for path in CASES.iterdir() if path.name.startswith("good-"))
# What a schema cannot tell: names that are declared elsewhere, addresses that clash, texts that look right.
SEEN_BY_SCHEMA = ["at-once", "units", "names", "shapes", "yaml-crlf", "version-text", "version-other", "not-a-mapping"]


def value_of(path: Path) -> Any:
    tree, problems = parse(path.read_bytes(), path.name)
    assert tree is not None, problems
    return tree.value


def test_files_in_docs_are_what_the_code_says(repository: Path, regenerate: bool) -> None:
    reference = repository / "docs" / "reference"
    for name, text in (("site.schema.json", schema_text()), ("site-schema.md", markdown())):
        if regenerate:
            (reference / name).write_text(text, encoding="utf-8")
        assert (reference / name).read_text(encoding="utf-8") == text, "Run: pytest tests/unit/site --regenerate"


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(json_schema())
    assert json.loads(schema_text()) == json_schema()


def test_every_field_has_a_title_and_a_description() -> None:
    schema = json_schema()
    for name, form in {"Site": schema, **schema["$defs"]}.items():
        assert form["title"], name
        assert form["additionalProperties"] is False, name
        for key, field in form.get("properties", {}).items():
            assert field["title"], (name, key)
            assert field["description"].endswith((".", "?")), (name, key)


@pytest.mark.parametrize("name", GOOD)
def test_the_schema_takes_good_files(name: str) -> None:
    assert [str(error) for error in VALIDATOR.iter_errors(value_of(CASES / name / "site.yaml"))] == []


@pytest.mark.parametrize("name", SEEN_BY_SCHEMA)
def test_the_schema_refuses_bad_shapes(name: str) -> None:
    assert not VALIDATOR.is_valid(value_of(CASES / name / "site.yaml"))


def test_the_schema_takes_the_examples(repository: Path) -> None:
    found = sorted((repository / "examples").glob("*/site.yaml"))
    assert found
    for path in found:
        assert [str(error) for error in VALIDATOR.iter_errors(value_of(path))] == []
