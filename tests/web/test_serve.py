"""`eupnea serve`: where it listens, and to whom it answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer import Typer
from typer.testing import CliRunner

from eupnea.cli.serve import serve
from eupnea.errors import UsageError
from eupnea.organ import Organ
from support.monai import listening
from support.sick import thin_is_normal

Run = Callable[..., tuple[Any, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, plan: Path, tmp_path: Path) -> Run:
    """Runs `eupnea serve` up to the socket; the application, and what was said."""
    started: dict[str, Any] = {}

    def listen(app: Any, **settings: Any) -> None:
        started.update(app=app, **settings)

    def organ(**_: object) -> Organ:
        return thin_is_normal()

    monkeypatch.setattr("uvicorn.run", listen)
    monkeypatch.setattr("eupnea.segment.find_organ", organ)
    app = Typer()
    app.command()(serve)

    def call(*options: str, data: Path = plan) -> tuple[Any, str]:
        arguments = ["--data", str(data), "--labels", str(tmp_path / "labels"), *options]
        result = CliRunner().invoke(app, arguments)
        if result.exception:
            raise result.exception
        return started, result.stderr

    return call


def status(started: Any, **headers: str) -> int:
    """Of a call to the application."""
    with listening(started["app"]) as client:
        return client.call("GET", "/info/", headers=headers).status


def test_by_default_it_is_this_machine_and_a_token_shown_once(run: Run) -> None:
    """Nobody gets in without what stands in the terminal, and it is new each time."""
    started, said = run()
    token = said.partition("password: ")[2].strip()
    assert started["host"] == "127.0.0.1"
    assert len(token) >= 20
    assert status(started) == 401
    assert status(started, authorization=f"bearer {token}") == 200
    assert token not in run()[1]


def test_a_token_that_was_given_is_not_shown(run: Run) -> None:
    """It may stand in a script; it need not stand in a log."""
    started, said = run("--token", "open sesame", "--host", "192.0.2.1")
    assert "sesame" not in said
    assert status(started, authorization="Bearer open sesame", host="192.0.2.1:8000") == 200
    assert status(started, authorization="Bearer open sesame", host="192.0.2.2") == 400


def test_without_a_token_on_this_machine_alone(run: Run) -> None:
    """As the user says in so many words; elsewhere it does not start."""
    assert status(run("--no-token")[0]) == 200
    for options in (["--host", "192.0.2.1"], ["--token", "x"]):
        with pytest.raises(UsageError, match="this machine alone"):
            run("--no-token", *options)
    for host in ("0.0.0.0", "::", "[::]", ""):  # noqa: S104
        with pytest.raises(UsageError, match="not all of them"):
            run("--host", host, "--token", "x")


def test_any_other_folder_is_where_analyses_are_kept(run: Run, tmp_path: Path) -> None:
    """The way in is told whole, with the password in it."""
    started, said = run(data=tmp_path / "kept")
    way_in = said.split()[2].rstrip(",")
    with listening(started["app"]) as client:
        reply = client.call("GET", way_in.removeprefix("http://127.0.0.1:8000"))
        assert (reply.status, reply.headers["location"]) == (303, "/")
        assert client.call("GET", "/api/v1/analyses").status == 401
    assert (tmp_path / "kept").is_dir()


def test_a_reader_is_no_path(run: Run) -> None:
    """Readers' names become file names."""
    with pytest.raises(UsageError, match="a reader is named"):
        run("--reader", "../x")
