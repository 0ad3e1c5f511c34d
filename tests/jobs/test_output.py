"""Output is fetched for jobs that somebody watches, and once to the end when a job has ended."""

import pytest

from jobs import ansi, output
from jobs.models import Job, Status

from .conftest import ANSWERS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_once")]

GREEN = "\x1b[0;32mok: [leaf-101]\x1b[0m\n"


def fresh(job):
    return Job.objects.select_related("controller").get(pk=job.pk)


def text(job):
    return "".join(piece.text for piece in job.output.all())


@pytest.fixture
def running(place, tower, work):
    job = place()
    work()
    tower.start(tower.jobs[0]["id"])
    work()
    return job


def stdout_requests(tower):
    return [path for _, path in tower.requests if "/stdout/" in path]


def test_nobody_watching_costs_no_request(running, tower, work):
    tower.write(tower.jobs[0]["id"], GREEN)
    tower.clear_requests()

    work()

    assert not stdout_requests(tower)


def test_a_watched_job_shows_its_output_from_where_the_last_fetch_ended(running, tower, work):
    build = tower.jobs[0]["id"]
    output.watch(fresh(running))
    tower.write(build, "PLAY [one]\n")
    work()
    tower.write(build, GREEN)
    tower.clear_requests()
    work()

    assert text(running) == "PLAY [one]\n" + GREEN
    assert ["start_line=1" in path for path in stdout_requests(tower)] == [True]


def test_the_whole_output_is_there_when_the_job_has_ended(running, tower, work):
    tower.finish(tower.jobs[0]["id"], stdout="PLAY [one]\n" + GREEN, hosts=["leaf-101"])
    work(2)

    job = fresh(running)
    assert text(job) == "PLAY [one]\n" + GREEN
    assert job.output_complete
    assert [host["name"] for host in job.hosts] == ["leaf-101"]


def test_output_is_read_later_when_tower_is_down_at_the_end(running, tower, work):
    from datetime import timedelta

    tower.finish(tower.jobs[0]["id"], stdout=GREEN)
    from jobs import follow

    follow.follow(running.controller_id)
    tower.down()
    output.collect(running.pk)
    assert not fresh(running).output_complete

    tower.up()
    work(3, later=timedelta(minutes=1))
    assert text(running) == GREEN


def test_a_job_that_failed_says_what_its_task_said(running, tower, work):
    tower.say_failed(tower.jobs[0]["id"], "The address 10.46.5.1 belongs to TEN_WATER.")
    tower.finish(tower.jobs[0]["id"], status="failed")
    work(2)

    assert fresh(running).explanation == "The address 10.46.5.1 belongs to TEN_WATER."


def test_colours_become_classes_and_markup_is_escaped(running, tower, work):
    tower.finish(tower.jobs[0]["id"], stdout=GREEN + "<script>alert(1)</script>\n")
    work(2)

    first, second = ansi.lines(fresh(running))
    assert 'class="ansi32"' in first.html
    assert "<script>" not in second.html
    assert (first.number, second.number) == (1, 2)


def test_lines_can_be_asked_for_from_the_middle(running, tower, work):
    tower.finish(tower.jobs[0]["id"], stdout="a\nb\nc\n")
    work(2)

    assert [line.html for line in ansi.lines(fresh(running), 1)] == ["b", "c"]
    assert ansi.lines(fresh(running), 3) == []


def test_a_workflow_has_no_output_and_ends_all_the_same(make_tile, place, tower, work):
    name = next(template["name"] for template in tower.templates() if template["kind"] == "workflow_job_template")
    job = place(of=make_tile(name), **ANSWERS)
    work()
    assert fresh(job).tower_type == "workflow_job"

    tower.finish(fresh(job).tower_id)
    work(2)

    assert fresh(job).status == Status.SUCCESSFUL
    assert fresh(job).output_complete
