"""A launch that goes through a proxy of the environment."""

import pytest

from portal.tower.errors import Uncertain, Unreachable
from tests.tower.certificates import server_context
from tests.tower.launches import JOB, launch
from tests.tower.rawserver import RawServer, answer, resets, says, tunnels


def test_a_proxy_that_lets_nobody_through_is_unreachable(monkeypatch):
    with RawServer(says(answer(403, "no", content_type="text/plain"))) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with pytest.raises(Unreachable, match="proxy"):
            launch("https://tower.invalid")
        assert [request[:7] for request in proxy.requests] == [b"CONNECT"]


@pytest.fixture
def proxy(monkeypatch):
    with RawServer(tunnels) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        yield proxy


def far(server):
    """The server by a name that only the proxy knows."""
    return server.url.replace("localhost", "tower.test")


def test_behind_a_tunnel_too_a_launch_goes_out_once(proxy, tmp_path):
    context, bundle = server_context(tmp_path)
    with RawServer(says(answer(201, JOB)), tls=context) as server:
        assert launch(far(server), verify=bundle).job.id == 7
    assert (len(proxy.requests), len(server.requests)) == (1, 1)


def test_behind_a_tunnel_a_certificate_that_nobody_vouches_for_is_unreachable(proxy, tmp_path):
    context, _ = server_context(tmp_path)
    with RawServer(says(answer(201, JOB)), tls=context) as server, pytest.raises(Unreachable, match="certificate"):
        launch(far(server))
    assert len(proxy.requests) == 1


def test_behind_a_tunnel_a_connection_reset_after_the_request_is_uncertain(proxy, tmp_path):
    context, bundle = server_context(tmp_path)
    with RawServer(resets, tls=context) as server:
        with pytest.raises(Uncertain):
            launch(far(server), verify=bundle)
        assert len(server.requests) == 1


def test_this_very_machine_is_asked_without_a_proxy(proxy, tmp_path):
    context, bundle = server_context(tmp_path)
    with RawServer(says(answer(201, JOB)), tls=context) as server:
        launch(server.url, verify=bundle)
    assert proxy.requests == []
