"""GET jobs/N/stdout/ in its formats."""

import base64
import re
from html import escape
from typing import Any

from werkzeug.wrappers import Response

from demo.tower.answers import Refused, as_json, browsable
from demo.tower.call import Call
from demo.tower.ledger import Job

LARGEST = 1024 * 1024
COLOURS = re.compile(r"\x1b\[[0-9;]*[mK]")
PLAIN = "text/plain; charset=utf-8"
PAGE = """<!DOCTYPE HTML>
<html>
  <head>
    <meta http-equiv="Content-Type" content="text/html; charset=utf-8">
    <title>{title}</title>
  </head>
  <body class="ansi_fore ansi_back"><pre>{text}</pre></body>
</html>
"""


def get(call: Call, pk: int) -> Response | dict[str, Any]:
    """Answer in the format asked for; without one it is the browsable page."""
    wanted = call.request.args.get("format") or "api"
    if wanted not in ("api", "html", "json", "txt", "ansi", "txt_download", "ansi_download"):
        return browsable({"detail": "Not found."}, 404)
    if wanted in ("txt", "ansi") and not _accepts_text(call):
        return browsable({"detail": "Could not satisfy the request Accept header."}, 406)
    try:
        job = call.job("job", pk)
    except Refused as refused:
        return as_repr(refused) if wanted in ("txt", "ansi") else refuse(refused, wanted)
    if wanted.endswith("_download"):
        return _download(call, job, wanted.removesuffix("_download"))
    text, start, end = _part(call, job)
    if job.output_bytes > LARGEST:
        text, start, end = _too_large(job), 0, 1
    if wanted == "json":
        return {"range": {"start": start, "end": end, "absolute_end": _last_line(job)}, "content": _encoded(call, text)}
    if wanted == "ansi":
        return Response(text, content_type=PLAIN)
    if wanted == "txt":
        return Response(COLOURS.sub("", text), content_type=PLAIN)
    page = PAGE.format(title=escape(job.name), text=escape(COLOURS.sub("", text)))
    return Response(page, content_type="text/html; charset=utf-8")


def as_repr(refused: Refused) -> Response:
    """A refusal in a text format is what Python prints."""
    text = f"{{'detail': ErrorDetail(string={refused.body['detail']!r}, code={refused.code!r})}}"
    return Response(text, refused.status, refused.headers, content_type=PLAIN)


def refuse(refused: Refused, wanted: str) -> Response:
    """A refusal in the other formats."""
    shape = as_json if wanted.startswith("json") else browsable
    return shape(refused.body, refused.status, refused.headers)


def _accepts_text(call: Call) -> bool:
    accept = call.request.accept_mimetypes
    return not accept or bool(accept["text/plain"])


def _too_large(job: Job) -> str:
    return (
        f"Standard Output too large to display ({job.output_bytes} bytes), "
        f"only download supported for sizes over {LARGEST} bytes."
    )


def _last_line(job: Job) -> int:
    return 1 if job.output_bytes > LARGEST else job.lines


def _encoded(call: Call, text: str) -> str:
    if call.request.args.get("content_encoding") == "base64":
        return base64.b64encode(text.encode()).decode()
    return text


def _line(call: Call, name: str) -> int | None:
    text = call.request.args.get(name, "")
    return int(text) if text.isdigit() else None


def _part(call: Call, job: Job) -> tuple[str, int, int]:
    """The lines from start_line up to, not including, end_line, and where they lie."""
    lines = [f"{line}\n" for line in call.tower.store.output(job.id).split("\n")[:-1]]
    start, end = _line(call, "start_line") or 0, _line(call, "end_line")
    piece = lines[start:end]
    return "".join(piece), start, start + len(piece)


def _download(call: Call, job: Job, kind: str) -> Response:
    text = call.tower.store.output(job.id)
    name = f"job_{job.id}.ansi.txt" if kind == "ansi" else f"job_{job.id}.txt"
    answer = Response(text if kind == "ansi" else COLOURS.sub("", text))
    answer.headers["Content-Type"] = "text/plain"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
