"""A list is whole, or it is an error."""

import pytest

from portal.tower.auth import BearerToken
from portal.tower.client import Tower
from portal.tower.errors import TowerError, Uncertain
from tests.tower.rawserver import RawServer, answer, says


def row(number):
    return {"id": number, "type": "job_template", "name": f"T{number}"}


def page(rows, count, following=None):
    return answer(200, {"count": count, "next": following, "previous": None, "results": rows})


def templates_from(*answers, prefix="", paths=None):
    """The ids of the templates, and the paths that were asked for; these also in `paths`, if it fails."""
    with RawServer(says(*answers)) as server:
        tower = Tower(server.url + prefix, BearerToken("x"), base="/api/v2/", connect_timeout=10, read_timeout=10)
        try:
            return [record.id for record in tower.templates()], server.paths
        finally:
            (paths if paths is not None else []).extend(server.paths)


def test_all_pages_are_read_by_their_relative_links():
    following = "/api/v2/unified_job_templates/?page=2&type=job_template%2Cworkflow_job_template"
    ids, paths = templates_from(page([row(1), row(2)], 3, following), page([row(3)], 3))
    assert ids == [1, 2, 3]
    assert paths[1] == following


def test_a_link_to_another_host_stays_on_ours():
    ids, paths = templates_from(page([row(1)], 2, "http://elsewhere.example/api/v2/x/?page=2"), page([row(2)], 2))
    assert (ids, paths[1]) == ([1, 2], "/api/v2/x/?page=2")


def test_a_tower_below_a_path_is_asked_below_it():
    ids, paths = templates_from(page([row(1)], 2, "/api/v2/x/?page=2"), page([row(2)], 2), prefix="/tower")
    assert ids == [1, 2]
    assert [path[:15] for path in paths] == ["/tower/api/v2/u", "/tower/api/v2/x"]


@pytest.mark.parametrize(
    "second",
    [
        answer(500, "<html>", content_type="text/html"),
        answer(200, "<html>", content_type="text/html"),
        answer(404, {"detail": "Invalid page."}),
        answer(302, "", Location="/migrations_notran/"),
        answer(200, {"results": "none"}),
        answer(200, {"results": [None]}),
        answer(200, [row(2)]),
        page([{"type": "job_template"}], 2),
    ],
)
def test_a_page_that_fails_fails_the_list(second):
    with pytest.raises(TowerError):
        templates_from(page([row(1)], 2, "/api/v2/unified_job_templates/?page=2"), second)


def test_a_list_that_changed_while_it_was_read_is_no_list():
    with pytest.raises(Uncertain, match="changed while"):
        templates_from(page([row(1)], 3, "/api/v2/unified_job_templates/?page=2"), page([row(3)], 2))


def test_a_list_without_end_is_given_up(monkeypatch):
    monkeypatch.setattr("portal.tower.client._MAX_PAGES", 5)
    paths: list[str] = []
    with pytest.raises(Uncertain, match="does not end"):
        templates_from(page([row(1)], 9, "/api/v2/unified_job_templates/?page=2"), paths=paths)
    assert len(paths) == 5


def test_a_link_that_is_none_is_an_error():
    with pytest.raises(Uncertain, match="link"):
        templates_from(page([row(1)], 2, "?page=2"))


@pytest.mark.parametrize(
    ("controller", "plain", "found"),
    [
        (answer(200, {"version": "4.5"}), None, "/api/controller/v2/"),
        (answer(404, "<html>", content_type="text/html"), answer(200, {"version": "24.6.1"}), "/api/v2/"),
        (answer(302, "", Location="/"), answer(200, {"version": "24.6.1"}), "/api/v2/"),
        (answer(200, "<html>", content_type="text/html"), answer(200, {"version": "3.8"}), "/api/v2/"),
        (answer(200, {"status": "good"}), answer(200, {"version": "3.8"}), "/api/v2/"),
        (answer(401, {"detail": "no"}), answer(200, {"version": "3.8"}), "/api/v2/"),
    ],
)
def test_the_api_that_answers_is_found(controller, plain, found):
    with RawServer(says(controller, plain or controller)) as server:
        tower = Tower(server.url, BearerToken("x"), connect_timeout=10, read_timeout=10)
        assert tower.identify().base == tower.base == found
    assert server.paths == ["/api/controller/v2/ping/", "/api/v2/ping/"][: 2 if plain else 1]


def test_something_that_is_not_tower_is_told():
    with RawServer(says(answer(200, {"hello": "world"}))) as server, pytest.raises(Uncertain, match="not Tower"):
        Tower(server.url, BearerToken("x"), connect_timeout=10, read_timeout=10).identify()
