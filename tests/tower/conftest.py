"""No proxy of the machine that runs the tests stands in between."""

import pytest


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"]:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
