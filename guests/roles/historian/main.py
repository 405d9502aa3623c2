# SPDX-License-Identifier: Apache-2.0
"""Starts the historian; /data is its data disk when something is mounted there."""

from __future__ import annotations

import os
import time
from pathlib import Path

from guests.roles.historian.series import FullError
from guests.roles.historian.store import NameRefusedError, Store
from guests.roles.wire.line import LineError
from guests.roles.wire.told import ready
from guests.roles.wire.web import Handle, Reply, Request, Server, document, plain

PORT = 8086
DATA = Path("/data")
MOST_ASKED = 4096
ASKED = {"db", "measurement", "field", "last"}
"""Parameters of /query; every other one is a tag that samples must carry."""


def pages(store: Store) -> Handle:
    """Answer what serves /write, /query and /health."""

    def handle(request: Request) -> Reply:
        if request.path == "/health":
            where = "on the data disk" if store.durable else "in memory only"
            return document(200, {"status": "pass", "storage": where, "series": store.sizes()})
        if request.path == "/write":
            return _write(store, request) if request.method == "POST" else plain(405, "Use POST to write.")
        if request.path == "/query":
            return _query(store, request.query)
        return plain(404, "There are POST /write, GET /query and GET /health.")

    return handle


def _write(store: Store, request: Request) -> Reply:
    try:
        text = request.body.decode()
        store.write(request.query.get("db", ""), text, time.time_ns())
    except UnicodeDecodeError:
        return document(400, {"error": "The lines are not UTF-8."})
    except (LineError, NameRefusedError) as error:
        return document(400, {"error": str(error)})
    except FullError:
        return document(507, {"error": "There are too many series already; nothing was written."})
    except OSError as error:
        return document(507, {"error": f"The data disk refused: {error.strerror}. Nothing was written."})
    return Reply(204, b"")


def _query(store: Store, query: dict[str, str]) -> Reply:
    count = query.get("last", "1")
    if not (
        count.isascii() and count.isdigit() and len(count) <= len(str(MOST_ASKED)) and 1 <= int(count) <= MOST_ASKED
    ):
        return document(400, {"error": f"last is a whole number from 1 to {MOST_ASKED}."})
    missing = [key for key in ("db", "measurement", "field") if not query.get(key)]
    if missing:
        return document(400, {"error": f"These parameters are missing: {', '.join(missing)}."})
    tags = {key: value for key, value in query.items() if key not in ASKED}
    samples = store.last(query["db"], query["measurement"], query["field"], int(count), tags)
    points = [{"time": sample.time, "value": sample.value, "tags": dict(sample.tags)} for sample in samples]
    return document(200, {**{key: query[key] for key in ("db", "measurement", "field")}, "points": points})


def main() -> None:
    """Serve until the guest is stopped."""
    durable = os.path.ismount(DATA)
    server = Server(PORT, pages(Store(DATA if durable else None)))
    where = "the data disk" if durable else "memory, for there is no data disk"
    ready(f"historian: keeping points in {where}, on port {PORT}")
    server.serve_forever()
