"""A certificate authority for the tests of settings."""

import ssl
from pathlib import Path

import certifi
import pytest


@pytest.fixture(scope="session")
def authority() -> Path:
    """Return a file with certificates in PEM form."""
    path = Path(certifi.where())
    ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
    return path
