"""What Tower says, tolerant of missing and unknown keys. The bodies are recorded ones, trimmed."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.tower.answers import reasons
from portal.tower.records import HostSummary, JobRecord, OutputPiece, TemplateRecord

RUNNING = {
    "id": 40,
    "type": "job",
    "url": "/api/v2/jobs/40/",
    "summary_fields": {"created_by": {"id": 2, "username": "portal-svc"}},
    "created": "2026-11-21T05:56:32.954108Z",
    "name": "Slow (for cancel)",
    "unified_job_template": 21,
    "launch_type": "manual",
    "status": "canceled",
    "failed": True,
    "started": "2026-11-21T05:56:33.221672Z",
    "finished": "2026-11-21T05:56:38.560118Z",
    "canceled_on": "2026-11-21T05:56:37.362844Z",
    "elapsed": 5.338,
    "job_explanation": "",
    "extra_vars": '{"steps": 60}',
    "artifacts": {},
    "a_key_of_tomorrow": [1],
}


def test_a_row_of_a_list_is_read():
    job = JobRecord.from_json(RUNNING)
    assert (job.id, job.type, job.status, job.failed, job.elapsed) == (40, "job", "canceled", True, 5.338)
    assert job.started == datetime(2026, 11, 21, 5, 56, 33, 221672, tzinfo=UTC)
    assert (job.extra_vars, job.template_id, job.created_by_id) == ({"steps": 60}, 21, 2)
    assert job.event_processing_finished is None, "a list's row does not say"


def test_a_detail_says_whether_all_events_are_in():
    assert JobRecord.from_json(RUNNING | {"event_processing_finished": False}).event_processing_finished is False


def test_the_launcher_is_the_creator_when_a_row_has_no_other():
    row = RUNNING | {"summary_fields": {}, "launched_by": {"id": 2, "type": "user"}}
    assert JobRecord.from_json(row).created_by_id == 2
    assert JobRecord.from_json(row | {"launched_by": {"id": 6, "type": "schedule"}}).created_by_id is None


@pytest.mark.parametrize("extra_vars", ["---\nsteps: 60", "", None, "[1]", "{", 5])
def test_unreadable_extra_vars_are_none(extra_vars):
    assert JobRecord.from_json(RUNNING | {"extra_vars": extra_vars}).extra_vars == {}


def test_a_number_that_no_database_takes_becomes_text():
    assert JobRecord.from_json(RUNNING | {"extra_vars": '{"a": NaN}'}).extra_vars == {"a": "NaN"}


def test_hidden_artifacts_are_none():
    job = JobRecord.from_json(RUNNING | {"artifacts": "$hidden due to Ansible no_log flag$"})
    assert job.artifacts == {}


@pytest.mark.parametrize("number", [None, "7", True, 0, -1, 7.0, [7]])
def test_a_job_without_a_usable_id_is_none(number):
    with pytest.raises(ValueError, match="no id"):
        JobRecord.from_json(RUNNING | {"id": number})


def test_output_over_the_limit_comes_as_a_notice_with_200():
    """job-stdout-json-too-large, as recorded."""
    notice = "Standard Output too large to display (1502477 bytes), only download supported for sizes over …"
    piece = OutputPiece.from_json({"range": {"start": 0, "end": 1, "absolute_end": 1}, "content": notice})
    assert piece.too_large
    assert not OutputPiece.from_json({"range": {"start": 3, "end": 9, "absolute_end": 9}, "content": "ok"}).too_large


def test_what_tower_calls_dark_is_unreachable():
    summary = HostSummary.from_json({"host_name": "leaf-101", "ok": 3, "dark": 1, "failures": 2, "rescued": None})
    assert (summary.name, summary.unreachable, summary.failed, summary.rescued) == ("leaf-101", 1, 2, 0)


def test_a_template_without_capabilities_may_not_be_started():
    record = TemplateRecord.from_json({"id": 9, "type": "job_template", "ask_limit_on_launch": True})
    assert (record.can_start, record.survey_enabled, record.asks) == (False, False, {"ask_limit_on_launch": True})


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


@given(body=anything)
def test_reasons_are_texts_whatever_tower_says(body):
    for field, texts in reasons(body).items():
        assert isinstance(field, str)
        assert texts
        assert all(isinstance(text, str) for text in texts)


@given(row=st.fixed_dictionaries({"id": st.just(7)}, optional=dict.fromkeys(RUNNING.keys() - {"id"}, anything)))
def test_a_job_is_read_whatever_its_columns_hold(row):
    assert JobRecord.from_json(row).id == 7


@given(row=st.fixed_dictionaries({"id": st.just(7), "type": anything, "summary_fields": anything, "name": anything}))
def test_a_template_is_read_whatever_its_columns_hold(row):
    assert TemplateRecord.from_json(row).id == 7
