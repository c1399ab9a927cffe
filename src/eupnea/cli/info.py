"""`eupnea info`: what is installed, without importing anything heavy."""

from __future__ import annotations

import json
import platform
import re
import sys
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.resources import files
from typing import Any

from eupnea.cli.arguments import AsJson
from eupnea.version import __version__

CARD_FACTS = ("name", "version", "summary", "sha256")


def info(as_json: AsJson = False) -> None:
    """Say which version, models, libraries and extras are here.

    Example: `eupnea info --json`
    """
    facts = gather()
    if as_json:
        sys.stdout.write(json.dumps(facts, indent=2) + "\n")
        return
    for name, value in facts.items():
        sys.stdout.write(f"{name}: {_as_text(value)}\n")


def gather() -> dict[str, Any]:
    """Versions, models with the key facts of their cards, and extras."""
    core, extras = requirements()
    return {
        "eupnea": __version__,
        "python": platform.python_version(),
        "models": models(),
        "libraries": {name: installed(name) for name in core},
        "extras": {
            extra: all(installed(name) is not None for name in names)
            for extra, names in extras.items()
        },
    }


def requirements() -> tuple[list[str], dict[str, list[str]]]:
    """Names of the packages that the core needs, and that each extra needs."""
    core: list[str] = []
    extras: dict[str, list[str]] = {}
    for line in requires("eupnea") or ():
        name = re.split(r"[^\w.-]", line, maxsplit=1)[0]
        extra = re.search(r"extra == ['\"]([\w-]+)", line)
        (extras.setdefault(extra[1], []) if extra else core).append(name)
    return sorted(core), dict(sorted(extras.items()))


def installed(name: str) -> str | None:
    """The installed version of a package; `None` when it is not here."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def models() -> list[dict[str, Any]]:
    """Key facts from the card of each model in the package, and the density baseline."""
    baseline = {"name": "density-baseline", "version": __version__, "summary": "no weights needed"}
    weights = files("eupnea") / "segment" / "weights"
    cards = sorted(weights.iterdir(), key=lambda card: card.name) if weights.is_dir() else []
    read = [json.loads(card.read_text("utf-8")) for card in cards if card.name.endswith(".json")]
    return [baseline, *({fact: card.get(fact) for fact in CARD_FACTS} for card in read)]


def _as_text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_as_text(item)}" for key, item in value.items())
    if isinstance(value, list):
        return "".join(f"\n  {_as_text(item)}" for item in value)
    return {True: "yes", False: "no", None: "absent"}.get(value, str(value))
