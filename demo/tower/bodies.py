"""Read a request's JSON body as Tower does: every object an OrderedDict, which its refusals spell out."""

import collections
import json
from typing import Any

from werkzeug.wrappers import Request

from demo.tower.answers import WRONG_TYPE, Refused


class OrderedDict(collections.OrderedDict[str, Any]):
    """An object of the body. It reads the same on every Python, since Tower's texts contain it."""

    def __repr__(self) -> str:
        return f"OrderedDict({list(self.items())!r})" if self else "OrderedDict()"


def read(request: Request) -> dict[str, Any]:
    """The body's object; {} for an empty body. Raises Refused: 415, or 400 with the parser's text."""
    text = request.get_data(as_text=True)
    if not text.strip():
        return {}
    if request.mimetype != "application/json":
        raise Refused(415, {"detail": WRONG_TYPE})
    try:
        found = json.loads(text, object_pairs_hook=OrderedDict)
    except ValueError as error:
        raise Refused(400, {"detail": f"JSON parse error - {error}\nPossible cause: trailing comma."}) from None
    if not isinstance(found, dict):
        raise Refused(400, {"detail": "JSON parse error - not a JSON object\nPossible cause: trailing comma."})
    return found
