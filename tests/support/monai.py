"""A server on loopback, and a client that calls it as 3D Slicer's MONAI Label module does."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import uvicorn

from eupnea.web.app import create_app
from eupnea.web.desk import Desk
from eupnea.web.guard import Guard
from eupnea.web.monai import routes
from support.sick import thin_is_normal

BOUNDARY = "----------lImIt_of_THE_fIle_eW_$"
"""As the module's client has it."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What the server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    def parts(self) -> dict[str, tuple[str | None, bytes]]:
        """The parts of a form: name to file name and content."""
        head = f"Content-Type: {self.headers['content-type']}\r\n\r\n".encode()
        message = BytesParser(policy=HTTP).parsebytes(head + self.body)
        return {
            str(part.get_param("name", header="content-disposition")): (
                part.get_filename(),
                bytes(part.get_payload(decode=True)),
            )
            for part in message.iter_parts()
        }


@dataclass(frozen=True, kw_only=True)
class Client:
    """Calls over plain `http.client`, one connection each."""

    port: int

    def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """One call; a mapping goes as JSON."""
        sent = dict(headers or {})
        content = json.dumps(body).encode() if isinstance(body, Mapping) else body
        if isinstance(body, Mapping):
            sent = {"content-type": "application/json", **sent}
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, path, content, sent)
        answer = connection.getresponse()
        reply = Reply(
            status=answer.status,
            headers={key.lower(): value for key, value in answer.getheaders()},
            body=answer.read(),
        )
        connection.close()
        return reply

    def send(
        self,
        method: str,
        path: str,
        fields: Mapping[str, str],
        files: Mapping[str, tuple[str, bytes]],
    ) -> Reply:
        """A form with files, encoded as the module's client does."""
        lines: list[bytes] = []
        for key, value in fields.items():
            disposition = f'Content-Disposition: form-data; name="{key}"'
            lines += [f"--{BOUNDARY}".encode(), disposition.encode(), b"", value.encode()]
        for key, (name, content) in files.items():
            disposition = f'Content-Disposition: form-data; name="{key}"; filename="{name}"'
            lines += [f"--{BOUNDARY}".encode(), disposition.encode()]
            lines += [b"Content-Type: application/octet-stream", b"", content]
        lines += [f"--{BOUNDARY}--".encode(), b""]
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        return self.call(method, path, b"\r\n".join(lines), {"content-type": kind})


@contextmanager
def serving(plan: Path, labels: Path, *, token: str | None = None) -> Iterator[Client]:
    """A real server for the time of the block."""
    desk = Desk(plan=plan, labels=labels, organ=thin_is_normal())
    with listening(
        create_app([routes(desk, token=token)], token=token, close=desk.close)
    ) as client:
        yield client


@contextmanager
def listening(app: Guard) -> Iterator[Client]:
    """An application on a socket of this machine, for the time of the block."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield Client(port=server.servers[0].sockets[0].getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(timeout=10)
