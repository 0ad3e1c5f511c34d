"""How far a launch got decides whether it may be sent again."""

import socket
import threading
import time

import pytest

from portal.tower.auth import BearerToken
from portal.tower.client import Tower
from portal.tower.errors import Uncertain, Unreachable
from tests.tower.certificates import server_context
from tests.tower.launches import HURRIED, JOB, launch, tower_at
from tests.tower.rawserver import RawServer, answer, resets, says


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def test_a_name_that_does_not_resolve_is_unreachable():
    with pytest.raises(Unreachable, match="name cannot be resolved"):
        launch("http://tower.invalid")


def test_a_refused_connection_is_unreachable():
    with pytest.raises(Unreachable, match="refuses connections"):
        launch(f"http://127.0.0.1:{free_port()}")


def test_a_connection_that_is_not_taken_in_time_is_unreachable():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for client in waiting:  # fills the backlog, so that the kernel answers no further SYN
            client.settimeout(0)
            client.connect_ex(listener.getsockname())
        with pytest.raises(Unreachable, match="does not take connections in time"):
            launch(f"http://127.0.0.1:{listener.getsockname()[1]}", connect_timeout=0.2)
        for client in waiting:
            client.close()


def test_a_certificate_that_nobody_vouches_for_is_unreachable(tmp_path):
    context, _ = server_context(tmp_path)
    with RawServer(says(answer(201, JOB)), tls=context) as server:
        with pytest.raises(Unreachable, match="certificate cannot be verified"):
            launch(server.url)
        assert server.requests == []


def test_the_given_ca_bundle_wins_over_the_environment(tmp_path, monkeypatch):
    context, bundle = server_context(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nonexistent/ca.pem")
    monkeypatch.setenv("CURL_CA_BUNDLE", "/nonexistent/ca.pem")
    with RawServer(says(answer(201, JOB)), tls=context) as server:
        assert launch(server.url, verify=bundle).job.id == 7


def test_a_ca_bundle_that_is_not_there_is_unreachable(tmp_path):
    with pytest.raises(Unreachable, match="CA bundle"):
        launch("https://127.0.0.1:1", verify=str(tmp_path / "missing.pem"))


def test_plain_text_where_tls_belongs_is_unreachable():
    with (
        RawServer(says(), greeting=b"HTTP/1.1 400 Bad Request\r\n\r\n") as server,
        pytest.raises(Unreachable, match="TLS"),
    ):
        launch(server.url.replace("http:", "https:"))


def test_a_token_that_no_header_can_carry_is_unreachable():
    with pytest.raises(Unreachable) as caught:
        Tower("http://127.0.0.1:1", BearerToken("tok\nen"), base="/api/v2/").launch("job_template", 9, {})
    assert "tok" not in str(caught.value).replace("token", "")


def test_an_address_without_a_scheme_is_unreachable():
    with pytest.raises(Unreachable, match="https://"):
        launch("tower.example.com")


@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
def test_a_connection_reset_after_the_request_is_uncertain_and_not_tried_again(tls, tmp_path):
    context, bundle = server_context(tmp_path)
    with RawServer(resets, tls=context if tls else None) as server:
        with pytest.raises(Uncertain, match="broke"):
            launch(server.url, verify=bundle)
        assert (server.connections, len(server.requests)) == (1, 1)


def test_a_connection_reset_in_the_middle_of_the_request_is_uncertain():
    """Some of it has left, and nobody can tell what a proxy makes of that."""

    def takes_a_bite(listener):
        client, _ = listener.accept()
        client.recv(100)
        resets(client, b"")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=takes_a_bite, args=[listener], daemon=True).start()
        tower = tower_at(f"http://127.0.0.1:{listener.getsockname()[1]}")
        with pytest.raises(Uncertain):
            tower.launch("job_template", 9, {"extra_vars": {"text": "x" * 8_000_000}})


def test_a_closed_connection_without_an_answer_is_uncertain():
    with RawServer(lambda client, _: client.close()) as server, pytest.raises(Uncertain, match="broke"):
        launch(server.url)


def test_no_answer_in_time_is_uncertain_and_not_tried_again():
    with RawServer(lambda _client, _request: None) as server:
        with pytest.raises(Uncertain, match="in time"):
            launch(server.url, **HURRIED)
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("head", "drop"),
    [
        (b"HTTP/1.1 201 Created\r\n", b"X: y\r\n"),
        (b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n{", b" "),
    ],
    ids=["headers", "body"],
)
def test_an_answer_that_drips_in_is_cut_off(head, drop):
    def drips(client, _request):
        client.sendall(head)
        while not server.stopped.wait(0.1):
            client.sendall(drop)

    began = time.monotonic()
    with RawServer(drips) as server:
        with pytest.raises(Uncertain, match="in time"):
            launch(server.url, **HURRIED)
        assert time.monotonic() - began < 30


def test_half_an_answer_is_uncertain():
    with RawServer(says(answer(201, JOB)[:-20]), close_each=True) as server, pytest.raises(Uncertain, match="broke"):
        launch(server.url)


def test_an_endless_answer_is_cut_off(monkeypatch):
    monkeypatch.setattr("portal.tower.wire.MAX_BODY", 1_000_000)

    def floods(client, _request):
        client.sendall(b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n\r\n")
        while True:
            client.sendall(b" " * 100_000)

    with RawServer(floods) as server, pytest.raises(Uncertain, match="larger than"):
        launch(server.url)


def test_a_launch_goes_out_on_a_connection_of_its_own():
    with RawServer(says(answer(200, {"results": [{"id": 2}]}), answer(201, JOB))) as server:
        tower = tower_at(server.url)
        tower.me()
        assert tower.launch("job_template", 9, {}).job.id == 7
        assert server.connections == 2
        assert b"Connection: close" in server.requests[1]


def test_a_launch_whose_api_cannot_be_found_was_not_sent():
    with RawServer(says(answer(500, "<html>", content_type="text/html"))) as server:
        with pytest.raises(Unreachable):
            launch(server.url, base="")
        assert all(request.startswith(b"GET") for request in server.requests)


def test_a_question_is_asked_again_when_a_rested_connection_was_closed():
    answers = [answer(200, {"results": [{"id": 2}]})]

    def closes_after_the_first(client, _request):
        if answers:
            client.sendall(answers.pop())
        elif server.connections == 1:
            client.close()
        else:
            client.sendall(answer(200, {"results": [{"id": 3}]}))

    with RawServer(closes_after_the_first) as server:
        tower = tower_at(server.url)
        assert [tower.me().id, tower.me().id] == [2, 3]
        assert len(server.requests) == 3


def test_a_question_without_an_answer_in_time_is_asked_once():
    with RawServer(lambda _client, _request: None) as server:
        with pytest.raises(Uncertain, match="in time"):
            tower_at(server.url, **HURRIED).me()
        assert len(server.requests) == 1
