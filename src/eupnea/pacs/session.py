"""An authenticated HTTP session; credentials come from the environment or from netrc."""

from __future__ import annotations

import logging
import os
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase, HTTPBasicAuth

from eupnea.errors import UsageError

USER, PASSWORD, TOKEN = (
    "EUPNEA_DICOMWEB_USER",
    "EUPNEA_DICOMWEB_PASSWORD",
    "EUPNEA_DICOMWEB_TOKEN",
)
"""Environment variables that are looked at before netrc."""

TALKATIVE = ("dicomweb_client", "urllib3")
"""Libraries whose debug messages quote queries, and with them patients' numbers."""


class Bearer(AuthBase):
    """Shows a token with each request (RFC 6750), and never in a representation."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """The request with the token in its header."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def open_session() -> requests.Session:
    """A session that follows no redirect: credentials go to the named server alone.

    A token in the environment wins over user and password there, and these
    over the entry of the host in netrc, which requests looks up itself.
    """
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    session = requests.Session()
    session.max_redirects = 0
    session.auth = _stated()
    return session


def check_url(url: str) -> str:
    """The address of a DICOMweb service, as it may be shown.

    Raises:
        UsageError: It is none, or it holds credentials, which would end up in
            the shell's history and the list of processes.

    Examples:
        >>> check_url("http://127.0.0.1:8042/dicom-web/")
        'http://127.0.0.1:8042/dicom-web'
    """
    try:
        parts = urlsplit(url)
        has_host = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        has_host = False
    if not has_host:
        raise UsageError("--dicomweb needs an address such as https://pacs.example/dicom-web")
    if "@" in parts.netloc:
        raise UsageError(
            f"--dicomweb takes no credentials: put them in {USER} and {PASSWORD}, or in netrc"
        )
    if parts.query or parts.fragment:
        raise UsageError("--dicomweb takes an address without a query")
    return url.rstrip("/")


def _stated() -> AuthBase | None:
    token, user = os.environ.get(TOKEN), os.environ.get(USER)
    if token:
        return Bearer(token)
    if user:
        return HTTPBasicAuth(user, os.environ.get(PASSWORD, ""))
    return None
