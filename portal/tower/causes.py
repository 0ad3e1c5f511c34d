"""Why a request could not be sent, in words for operators. Texts of exceptions are not repeated: some hold headers."""

import socket
import ssl
from collections.abc import Iterator

import requests
from urllib3 import exceptions as urllib3


def words_for(error: BaseException) -> str:
    """A sentence without addresses and secrets."""
    causes = list(_chain(error))
    for kind, words in _WORDS:
        for cause in causes:
            if isinstance(cause, kind):
                return words
    return "The request to Tower could not be made: look at its URL, its token and its CA bundle."


_UNVERIFIED = "Tower's TLS certificate cannot be verified: give its CA bundle, and a URL that the certificate names."
_WORDS: list[tuple[type[BaseException], str]] = [
    (urllib3.ProxyError, "The proxy in front of Tower cannot be reached or does not let us through."),
    (ssl.SSLCertVerificationError, _UNVERIFIED),
    (ssl.CertificateError, _UNVERIFIED),
    (urllib3.SSLError, "No TLS connection to Tower could be made; it may not speak HTTPS on this port."),
    (urllib3.NameResolutionError, "Tower's host name cannot be resolved."),
    (socket.gaierror, "Tower's host name cannot be resolved."),
    (ConnectionRefusedError, "Tower refuses connections: it is down, or the port is wrong."),
    (urllib3.NewConnectionError, "Tower cannot be reached: there is no way to it on the network."),
    (urllib3.ConnectTimeoutError, "Tower does not take connections in time."),
    (TimeoutError, "Tower does not take connections in time."),
    (ConnectionError, "The connection to Tower broke before anything was sent."),
    (requests.exceptions.InvalidSchema, "Tower's URL must begin with https:// or http://, and proxies must be HTTP."),
]


def _chain(error: BaseException, depth: int = 0) -> Iterator[BaseException]:
    """The error and all that it was made of: requests and urllib3 pack causes into args, `reason` and the context."""
    yield error
    inner = [*error.args, getattr(error, "reason", None), error.__cause__, error.__context__]
    if depth < 6:
        for cause in inner:
            if isinstance(cause, BaseException):
                yield from _chain(cause, depth + 1)
