"""`eupnea info` and `doctor`: facts about the installation, fast."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from eupnea import __version__
from eupnea.cli import app

HEAVY = ("numpy", "scipy", "SimpleITK", "pydicom", "highdicom", "matplotlib", "onnxruntime")


def test_info_names_version_models_libraries_and_extras() -> None:
    """The JSON holds what a bug report needs."""
    result = CliRunner().invoke(app, ["info", "--json"])
    facts = json.loads(result.stdout)
    assert facts["eupnea"] == __version__
    assert "density-baseline" in [model["name"] for model in facts["models"]]
    assert facts["libraries"]["numpy"]
    assert "train" in facts["extras"]


def test_info_imports_nothing_heavy() -> None:
    """A fresh interpreter that runs `info` has loaded no numerical library."""
    code = (
        "import sys\nfrom typer.testing import CliRunner\nfrom eupnea.cli import app\n"
        "CliRunner().invoke(app, ['info'])\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


def test_doctor_finds_a_complete_installation_healthy() -> None:
    """Nothing that `analyze` needs is missing where the tests run."""
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 0
    assert "MISSING" not in result.stdout


COMMANDS = [one.callback.__name__ for one in app.registered_commands if one.callback]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_shows_an_example(command: str) -> None:
    """Nobody has to guess how a command is called."""
    result = CliRunner().invoke(app, [command, "--help"])
    assert result.exit_code == 0
    assert f"eupnea {command}" in result.stdout
