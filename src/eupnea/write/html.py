"""Pages that stand alone: they name no outside address, and run no script."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

TEMPLATES = "templates"
"""The folder beside a package's modules that holds its pages and styles."""


def template_environment(package: str) -> Environment:
    """Where the templates of a package are found: what they show is escaped, nothing is missing.

    Args:
        package: Its full name, as in `__package__`.
    """
    return Environment(
        loader=PackageLoader(package, TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def style_of(package: str, name: str) -> str:
    """A style sheet of a package."""
    return (files(package) / TEMPLATES / name).read_text(encoding="utf-8")


def page_style(package: str, name: str) -> str:
    """What all pages look like, and after it the style sheet of one package."""
    return style_of("eupnea.write", "page.css") + style_of(package, name)


def content_policy(style: str) -> str:
    """A content security policy under which only this style and inline pictures load."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    return (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )
