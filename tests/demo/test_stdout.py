"""A job's output in pieces, in full, and too large."""

import pytest
import requests

from demo.tower.harness import TowerHarness


@pytest.fixture
def job(tower: TowerHarness) -> int:
    """A running job with five lines of output, one of them empty and one with a colour."""
    created = tower.tower.ledger.create(
        "job", {}, template=tower.template("Plain no prompts")["id"], name="x", description=""
    )
    tower.start(created.id)
    tower.write(created.id, "zero\n\x1b[0;32mone\x1b[0m\n\nthree\nfour")
    return created.id


def get(tower: TowerHarness, job: int, query: str, **headers: str) -> requests.Response:
    headers["Authorization"] = f"Bearer {tower.token}"
    return requests.get(f"{tower.url}/api/v2/jobs/{job}/stdout/?{query}", headers=headers, timeout=5)


@pytest.mark.parametrize(
    ("query", "start", "end", "content"),
    [
        ("", 0, 5, "zero\n\x1b[0;32mone\x1b[0m\n\nthree\nfour\n"),
        ("&start_line=3", 3, 5, "three\nfour\n"),
        ("&start_line=2&end_line=4", 2, 4, "\nthree\n"),
        ("&start_line=5", 5, 5, ""),
        ("&start_line=0&content_encoding=base64&end_line=1", 0, 1, "emVybwo="),
    ],
)
def test_it_comes_in_pieces(tower: TowerHarness, job: int, query: str, start: int, end: int, content: str):
    answer = get(tower, job, f"format=json{query}").json()

    assert answer == {"range": {"start": start, "end": end, "absolute_end": 5}, "content": content}


def test_plain_text_has_no_colours(tower: TowerHarness, job: int):
    assert get(tower, job, "format=txt").text == "zero\none\n\nthree\nfour\n"
    assert "\x1b" in get(tower, job, "format=ansi").text


def test_text_cannot_be_had_as_json(tower: TowerHarness, job: int):
    answer = get(tower, job, "format=txt", Accept="application/json")

    assert (answer.status_code, answer.headers["Content-Type"]) == (406, "text/html; charset=utf-8")


def test_without_a_format_it_is_a_page(tower: TowerHarness, job: int):
    answer = get(tower, job, "")

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")


def test_what_is_too_large_can_only_be_downloaded(tower: TowerHarness, job: int):
    tower.write(job, "x" * 1_100_000)
    piece, whole = get(tower, job, "format=json&start_line=5").json(), get(tower, job, "format=txt_download")

    assert piece["content"].startswith("Standard Output too large to display (1100033 bytes)")
    assert piece["range"] == {"start": 0, "end": 1, "absolute_end": 1}
    assert len(whole.content) > 1_100_000
    assert whole.headers["Content-Disposition"] == f'attachment; filename="job_{job}.txt"'
