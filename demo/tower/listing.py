"""Lists: filter, order, cut into pages, and put into Tower's envelope."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode

from demo.tower import filters
from demo.tower.answers import Refused
from demo.tower.call import Call
from demo.tower.filters import Model

LARGEST_PAGE, USUAL_PAGE = 200, 25


def listing(
    call: Call, model: Model, rows: Iterable[Any], shape: Callable[[Call, Any], dict[str, Any]], *, order: str = "id"
) -> dict[str, Any]:
    """The page of rows that the request's query asks for."""
    query = list(call.request.args.items(multi=True))
    test = filters.choose(model, query)
    chosen = [row for row in _of_types(call, model, _searched(call, rows)) if test(row)]
    chosen = filters.in_order(model, chosen, call.request.args.get("order_by") or order)
    size, number = _size(call), _number(call)
    start = (number - 1) * size
    if start and start >= len(chosen):
        raise Refused(404, {"detail": "Invalid page."}, code="not_found")
    results = [shape(call, row) for row in chosen[start : start + size]]
    if "limit" in call.request.args or call.request.args.get("count_disabled"):
        return {"results": results}
    after = _link(call, number + 1) if start + size < len(chosen) else None
    return {"count": len(chosen), "next": after, "previous": _link(call, number - 1) if number > 1 else None,
            "results": results}  # fmt: skip


def _searched(call: Call, rows: Iterable[Any]) -> Iterable[Any]:
    words = call.request.args.get("search", "").lower().replace(",", " ").split()
    if not words:
        return rows
    return [row for row in rows if any(word in f"{row.name} {row.description}".lower() for word in words)]


def _of_types(call: Call, model: Model, rows: Iterable[Any]) -> Iterable[Any]:
    wanted = call.request.args.get("type")
    if not wanted or "type" not in model.fields:
        return rows
    get = model.fields["type"][1]
    return [row for row in rows if get(row) in wanted.split(",")]


def _size(call: Call) -> int:
    """Too large a page is cut to 200 without a word; nonsense gives the usual one."""
    text = call.request.args.get("limit") or call.request.args.get("page_size", "")
    return min(int(text), LARGEST_PAGE) if text.isdigit() and int(text) else USUAL_PAGE


def _number(call: Call) -> int:
    text = call.request.args.get("page", "1")
    if not text.isdigit() or int(text) < 1:
        raise Refused(404, {"detail": "Invalid page."}, code="not_found")
    return int(text)


def _link(call: Call, number: int) -> str:
    """Relative, its parameters in order, as Tower writes it. It repeats the prefix of the request."""
    pairs = [(key, value) for key, value in call.request.args.items(multi=True) if key != "page"]
    pairs.append(("page", str(number)))
    return f"{call.request.path}?{urlencode(sorted(pairs, key=lambda pair: pair[0]))}"
