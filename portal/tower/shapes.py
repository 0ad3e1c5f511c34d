"""Tower's links, and the shapes of its answers. What has another shape than it should is no usable answer."""

from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from portal.tower.errors import Uncertain
from portal.tower.objects import ObjectRecord
from portal.tower.records import JobRecord, TemplateRecord
from portal.tower.workflows import ApprovalRecord, NodeRecord

R = TypeVar("R", TemplateRecord, JobRecord, ObjectRecord, NodeRecord, ApprovalRecord)


def with_query(path: str, query: dict[str, Any]) -> str:
    return f"{path}?{urlencode(query, safe=',:', quote_via=quote)}"


def path_of(url: str) -> str:
    """A link of Tower's as a path on the same host, whatever host it names."""
    parts = urlsplit(url)
    if not parts.path.startswith("/"):
        raise Uncertain("Tower gave an unusable link.")
    return parts.path + (f"?{parts.query}" if parts.query else "")


def timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def mapping(data: Any) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise Uncertain("Tower's answer has an unexpected shape.")
    return data


def mappings(data: Any) -> list[dict[str, Any]]:
    if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
        raise Uncertain("Tower's answer has an unexpected shape.")
    return data


def rows(data: Any) -> list[dict[str, Any]]:
    """The rows of a list's page."""
    return mappings(mapping(data).get("results"))


def record(kind: type[R], data: dict[str, Any]) -> R:
    try:
        return kind.from_json(data)
    except (KeyError, TypeError, ValueError):
        pass
    raise Uncertain("Tower's answer lacks an id.")
