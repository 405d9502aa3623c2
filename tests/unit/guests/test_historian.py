# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
from typing import Any

import pytest
from guests.roles.historian.main import pages
from guests.roles.historian.store import Store
from guests.roles.wire.web import Handle, Reply, Request


@pytest.fixture
def handle() -> Handle:
    return pages(Store(None))


def ask(handle: Handle, path: str, body: str | None = None, **query: str) -> Reply:
    return handle(Request("GET" if body is None else "POST", path, query, (body or "").encode()))


def points(reply: Reply) -> list[Any]:
    assert reply.status == 200
    return list(json.loads(reply.body)["points"])


def test_a_written_value_is_found(handle: Handle) -> None:
    assert ask(handle, "/write", "tank,plc=north level=612i 5", db="plant").status == 204
    query = {"db": "plant", "measurement": "tank", "field": "level"}
    assert points(ask(handle, "/query", None, **query)) == [{"time": 5, "value": 612, "tags": {"plc": "north"}}]
    assert points(ask(handle, "/query", None, **query, plc="south")) == []
    assert json.loads(ask(handle, "/health").body)["series"] == {"plant": 1}


@pytest.mark.parametrize("last", ["0", "-1", "x", "99999", "²"])
def test_a_wrong_count_is_refused(handle: Handle, last: str) -> None:
    assert ask(handle, "/query", None, db="plant", measurement="a", field="b", last=last).status == 400


def test_what_is_missing_is_named(handle: Handle) -> None:
    reply = ask(handle, "/query", None, db="plant")
    assert reply.status == 400
    assert "measurement, field" in json.loads(reply.body)["error"]


@pytest.mark.parametrize("body", ["nonsense", "\x00", "tank level=1\ntank"])
def test_wrong_lines_are_refused(handle: Handle, body: str) -> None:
    assert ask(handle, "/write", body, db="plant").status == 400


def test_text_that_is_not_utf8_is_refused(handle: Handle) -> None:
    assert handle(Request("POST", "/write", {"db": "plant"}, b"\xff\xfe")).status == 400


def test_a_write_without_a_database_is_refused(handle: Handle) -> None:
    assert ask(handle, "/write", "tank level=1").status == 400


def test_write_needs_post_and_other_pages_are_not_there(handle: Handle) -> None:
    assert ask(handle, "/write").status == 405
    assert ask(handle, "/etc/passwd").status == 404
