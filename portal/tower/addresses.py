"""What may be the address of a Tower."""

from urllib.parse import urlsplit


def trouble_with(url: str) -> str:
    """What is wrong with a Tower's URL, without repeating it; empty if nothing is. Short host names are fine."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "must be an address such as https://tower.example.com"
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        return "must be an address such as https://tower.example.com"
    if "@" in parts.netloc:
        return "must not hold a name or a password"
    if parts.query or parts.fragment or "/api" in parts.path:
        return "must end before /api/"
    return ""
