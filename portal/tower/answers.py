"""What Tower's status codes mean for us."""

import json
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from portal.tower.errors import Denied, Gone, Rejected, Throttled, Uncertain
from portal.tower.wire import Answer

# A proxy's "I gave up on this client": whether Tower got the request is anybody's guess.
_GAVE_UP = {408, 425, 499}

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_UNSTORABLE_ESCAPE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")

_WORDS = {
    401: "Tower does not accept our account: its token is wrong, was revoked or has expired.",
    403: "Tower does not allow our account to do this: a role is missing, or the token is read-only.",
}


def read(answer: Answer, *, wanted: int = 200) -> Any:
    """The parsed JSON of an answer with the wanted status. Raises every TowerError but Unreachable."""
    status = answer.status
    if status != wanted:
        raise _error(answer)
    return _json(answer)


def check(answer: Answer, *, wanted: int) -> None:
    """For answers without a body."""
    if answer.status != wanted:
        raise _error(answer)


def date(answer: Answer) -> datetime:
    """Tower's clock, from the Date header; ours if there is none."""
    return _http_date(answer.headers.get("Date", "")) or datetime.now(UTC)


def reasons(body: Any) -> dict[str, list[str]]:
    """The reasons of a 400 as field -> texts, whatever their shape: lists, or strings under detail, error or msg."""
    if isinstance(body, dict):
        found = {str(field): _texts(value) for field, value in body.items()}
    else:
        found = {"detail": _texts(body)}
    return {field: texts for field, texts in found.items() if texts}


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [f"{field}: {text}" for field, inner in value.items() for text in _texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return [] if value is None or value == "" else [str(value)]


def _json(answer: Answer) -> Any:
    if "json" not in answer.headers.get("Content-Type", "").partition(";")[0].lower():
        raise Uncertain("Tower answered with something that is not JSON, such as a proxy's or a maintenance page.")
    try:
        found = json.loads(answer.body, parse_constant=str)
        return _storable(found) if _UNSTORABLE_ESCAPE.search(answer.body) else found
    except (ValueError, RecursionError):
        pass
    raise Uncertain("Tower's answer is not readable JSON.")


def _storable(value: Any) -> Any:
    """Without null characters and halves of surrogate pairs, which no database takes and JSON may spell."""
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_storable(key): _storable(inner) for key, inner in value.items()}
    return [_storable(inner) for inner in value] if isinstance(value, list) else value


def _error(answer: Answer) -> Exception:
    status = answer.status
    if status in _WORDS:
        return Denied(_WORDS[status], status, _detail(answer))
    if status == 404:
        return _missing(answer)
    if status == 429:
        return Throttled("Tower asks us to slow down.", _retry_after(answer))
    if 400 <= status < 500 and status not in _GAVE_UP:
        return _rejected(answer)
    if 300 <= status < 400:
        return Uncertain(
            f"Tower sends us elsewhere ({status}); it may be under maintenance, or the URL is not its own."
        )
    if status < 300:
        return Uncertain(f"Tower answered in an unexpected way (status {status}).")
    return Uncertain(f"Tower has an internal problem (status {status}).")


def _detail(answer: Answer) -> str:
    """What Tower says beside the status, if it is an API's answer at all."""
    try:
        return " ".join(reasons(_json(answer)).get("detail", []))
    except Uncertain:
        return ""


def _missing(answer: Answer) -> Exception:
    """Only a JSON 404 speaks of an object; an HTML one says that nobody knows the path (recorded: nosuch-endpoint)."""
    try:
        _json(answer)
    except Uncertain:
        return Uncertain("There is no Tower API at this address (status 404).")
    return Gone("Tower has no such object.")


def _rejected(answer: Answer) -> Rejected:
    try:
        found = reasons(_json(answer))
    except Uncertain:
        found = {}
    generic = {"detail": [f"The request was refused (status {answer.status})."]}
    return Rejected(f"Tower refused the request (status {answer.status}).", found or generic)


def _retry_after(answer: Answer) -> float | None:
    """Seconds, whether the header counts them or names a date."""
    value = answer.headers.get("Retry-After", "").strip()
    if value.isdecimal():
        return float(value)
    moment = _http_date(value)
    return max(0.0, (moment - date(answer)).total_seconds()) if moment else None


def _http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
