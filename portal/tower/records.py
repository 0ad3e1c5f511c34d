"""What Tower tells us, as values. Missing and unknown keys are tolerated; what a portal cannot do without is not."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

from portal.tower.generations import Generation

_TOO_LARGE = "Standard Output too large to display"  # AWX: main/models/unified_jobs.py; comes with status 200


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _int(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _id(value: Any) -> int:
    number = _int(value)
    if number is None or number < 1:
        raise ValueError("no id")
    return number


def _number(value: Any) -> int:
    return _int(value) or 0


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _time(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _vars(value: Any) -> dict[str, Any]:
    """A job's extra_vars are a JSON string (S: JobSerializer)."""
    if isinstance(value, str):
        try:
            value = json.loads(value, parse_constant=str)  # NaN fits into no database
        except (ValueError, RecursionError):
            return {}
    return _dict(value)


@dataclass(frozen=True)
class Identity:
    base: str  # such as /api/v2/
    version: str
    install_uuid: str
    generation: Generation = Generation.AWX
    product: str = ""  # as Tower calls itself, such as AWX

    @classmethod
    def from_json(cls, data: dict[str, Any], base: str, generation: Generation, product: str) -> Self:
        return cls(base, _text(data.get("version")), _text(data.get("install_uuid")), generation, product)


@dataclass(frozen=True)
class Account:
    id: int
    username: str
    is_superuser: bool
    may_write: bool = True  # False: Tower lets this account change nothing, itself included; its token is read-only

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        may_edit = _dict(_dict(data.get("summary_fields")).get("user_capabilities")).get("edit")
        return cls(_id(data["id"]), _text(data.get("username")), bool(data.get("is_superuser")), may_edit is not False)


@dataclass(frozen=True)
class TemplateRecord:
    id: int
    kind: str  # "job_template" or "workflow_job_template"
    name: str
    description: str
    survey_enabled: bool
    can_start: bool
    asks: dict[str, bool]

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        capabilities = _dict(_dict(data.get("summary_fields")).get("user_capabilities"))
        return cls(
            id=_id(data["id"]),
            kind=str(data["type"]),
            name=_text(data.get("name")),
            description=_text(data.get("description")),
            survey_enabled=data.get("survey_enabled") is True,
            can_start=capabilities.get("start") is True,
            asks={key: value is True for key, value in data.items() if key.startswith("ask_")},
        )


_LAUNCHED_WITH = (
    "inventory",
    "limit",
    "job_type",
    "job_tags",
    "skip_tags",
    "scm_branch",
    "diff_mode",
    "verbosity",
    "forks",
    "timeout",
    "job_slice_count",
    "execution_environment",
)


def _launched_with(data: dict[str, Any]) -> dict[str, Any]:
    """What of a launch's fields a row tells; credentials by their ids."""
    told = {name: data[name] for name in _LAUNCHED_WITH if name in data}
    credentials = _dict(data.get("summary_fields")).get("credentials")
    if isinstance(credentials, list):
        told["credentials"] = [_dict(row).get("id") for row in credentials]
    return told


@dataclass(frozen=True)
class JobRecord:
    """A job, or a workflow job: launching a sliced job template gives one of those."""

    id: int
    type: str
    url: str  # a path on Tower
    name: str = ""
    status: str = ""
    failed: bool = False
    created: datetime | None = None
    started: datetime | None = None
    finished: datetime | None = None
    canceled_on: datetime | None = None
    elapsed: float = 0.0  # seconds
    explanation: str = ""
    extra_vars: dict[str, Any] = field(default_factory=dict, repr=False)
    artifacts: dict[str, Any] = field(default_factory=dict, repr=False)
    template_id: int | None = None
    launch_type: str = ""
    limit: str = ""
    created_by_id: int | None = None
    event_processing_finished: bool | None = None  # None: this answer does not say (list rows)
    launched_with: dict[str, Any] = field(default_factory=dict, repr=False)  # by the names of a launch's fields

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Raises KeyError, TypeError or ValueError if it has no id."""
        number, kind = _id(data["id"]), str(data.get("type") or "job")
        creator = _dict(_dict(data.get("summary_fields")).get("created_by"))
        launcher = _dict(data.get("launched_by"))
        if not creator and launcher.get("type") == "user":
            creator = launcher
        elapsed, events = data.get("elapsed"), data.get("event_processing_finished")
        return cls(
            id=number,
            type=kind,
            url=_text(data.get("url")),
            name=_text(data.get("name")),
            status=_text(data.get("status")),
            failed=data.get("failed") is True,
            created=_time(data.get("created")),
            started=_time(data.get("started")),
            finished=_time(data.get("finished")),
            canceled_on=_time(data.get("canceled_on")),
            elapsed=float(elapsed) if isinstance(elapsed, int | float) else 0.0,
            explanation=_text(data.get("job_explanation")),
            extra_vars=_vars(data.get("extra_vars")),
            artifacts=_dict(data.get("artifacts")),
            template_id=_int(data.get("unified_job_template")),
            launch_type=_text(data.get("launch_type")),
            limit=_text(data.get("limit")),
            created_by_id=_int(creator.get("id")),
            event_processing_finished=events if isinstance(events, bool) else None,
            launched_with=_launched_with(data),
        )


@dataclass(frozen=True)
class Launched:
    job: JobRecord
    ignored: dict[str, Any] = field(repr=False)  # what Tower did not take; repeats submitted values


@dataclass(frozen=True)
class RelaunchForm:
    passwords: tuple[str, ...]  # those of credentials, which have to be given again
    counts: dict[str, int]  # hosts by "all" and "failed"; empty while the job runs, and for workflow jobs

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        names, counts = data.get("passwords_needed_to_start"), _dict(data.get("retry_counts"))
        return cls(
            passwords=tuple(map(str, names)) if isinstance(names, list) else (),
            counts={kind: number for kind, number in counts.items() if _int(number) is not None},
        )


@dataclass(frozen=True)
class Changes:
    jobs: list[JobRecord]
    as_of: datetime  # Tower's clock


@dataclass(frozen=True)
class OutputPiece:
    """Lines `start` up to, not including, `end`, of the `absolute_end` that there are so far."""

    start: int
    end: int
    absolute_end: int
    content: str = field(repr=False)
    too_large: bool = False

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        span, content = _dict(data.get("range")), _text(data.get("content"))
        return cls(
            start=_number(span.get("start")),
            end=_number(span.get("end")),
            absolute_end=_number(span.get("absolute_end")),
            content=content,
            too_large=content.startswith(_TOO_LARGE),
        )


@dataclass(frozen=True)
class HostSummary:
    name: str
    ok: int
    changed: int
    failed: int
    unreachable: int
    skipped: int
    rescued: int
    ignored: int

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(
            name=_text(data.get("host_name")),
            ok=_number(data.get("ok")),
            changed=_number(data.get("changed")),
            failed=_number(data.get("failures")),
            unreachable=_number(data.get("dark")),
            skipped=_number(data.get("skipped")),
            rescued=_number(data.get("rescued")),
            ignored=_number(data.get("ignored")),
        )


def failure_message(event: dict[str, Any]) -> str:
    """What the module said in a runner_on_failed event; empty if it said nothing, or if the failure was ignored."""
    data = _dict(event.get("event_data"))
    message = _dict(data.get("res")).get("msg")
    return message.strip() if isinstance(message, str) and not data.get("ignore_errors") else ""
