"""Which cache goes with a broker."""

from urllib.parse import urlsplit, urlunsplit


def cache_location(broker_url: str) -> str:
    """The same Redis or Valkey server as the broker, its database 1, spelled as Django's cache wants it.

    >>> cache_location("redis://127.0.0.1:6379/0")
    'redis://127.0.0.1:6379/1'
    >>> cache_location("redis+socket:///run/broker.sock?virtual_host=0")
    'unix:///run/broker.sock?db=1'
    """
    parts = urlsplit(broker_url)
    if parts.scheme == "redis+socket":
        return f"unix://{parts.path}?db=1"
    return urlunsplit(parts._replace(path="/1"))
