"""Every line that a document or a help text shows can be typed."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from eupnea.cli import app
from eupnea.cli.arguments import spread_dates

ROOT = Path(__file__).resolve().parents[2]
PAGES = (ROOT / "README.md", ROOT / "docs" / "commands.md")
PROGRAM = get_command(app)


def _commands(command: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(command, TyperGroup):
        for word, part in command.commands.items():
            yield from _commands(part, f"{name} {word}".strip())
    else:
        yield name, command


def _examples() -> Iterator[str]:
    for _, command in _commands(PROGRAM):
        yield from re.findall(r"Example: `(eupnea [^`]+)`", command.help or "")
    for page in PAGES:
        for block in re.findall(r"```sh\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
            yield from (line for line in block.splitlines() if line.startswith("eupnea "))


EXAMPLES = sorted(set(_examples()))


@pytest.mark.parametrize("line", EXAMPLES)
def test_an_example_can_be_typed(line: str) -> None:
    """Its command exists, and takes these options and arguments."""
    words = spread_dates(shlex.split(line, comments=True)[1:])
    command: Any = PROGRAM
    while isinstance(command, TyperGroup):
        command = command.commands[words.pop(0)]
    command.make_context(command.name, words)


def test_there_are_examples() -> None:
    """Every command has one of its own in its help."""
    assert len(EXAMPLES) > 20
    for name, command in _commands(PROGRAM):
        assert f"Example: `eupnea {name}" in (command.help or "")
