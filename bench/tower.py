"""What the portal asks of Tower, and how much longer an order takes than the bare POST to Tower."""

from uuid import uuid4

import requests
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from bench.table import Figure, compared, counted, in_turn
from catalog.models import Controller, Template, Tile
from demo.tower.harness import TowerHarness
from jobs import follow, launch
from jobs.models import Job, Status


def figures(controller: Controller, tower: TowerHarness) -> list[Figure]:
    template = Template.objects.filter(controller=controller, kind="job_template", survey_enabled=False).first()
    assert template
    person = User.objects.get(username="bench")
    tile = Tile.objects.create(template=template, title="Plain", slug="plain", for_everyone=True, published=True)
    return [_order(tile, person, tower), *_ticks(tile, person, tower)]


def _order(tile: Tile, person: User, tower: TowerHarness) -> Figure:
    """From the browser's POST until Tower has taken the launch, both in this process, beside the bare launch."""
    client = Client()
    client.force_login(person)

    def order() -> None:
        answer = client.post(tile.get_absolute_url(), {"form_key": str(uuid4())})
        assert answer.status_code == 302, answer.content
        job = Job.objects.latest("pk")
        launch.launch(job.pk)
        job.refresh_from_db()
        assert job.tower_id, job.explanation

    address = f"{tower.url}/api/v2/job_templates/{tile.template.tower_id}/launch/"
    headers = {"Authorization": f"Bearer {tower.token}"}

    def bare() -> None:
        assert requests.post(address, json={}, headers=headers, timeout=10).status_code == 201

    took, plain = in_turn(order, bare, times=20)
    return compared("order to Tower's answer, by a bare launch", took, plain, reach=15)


def _ticks(tile: Tile, person: User, tower: TowerHarness) -> list[Figure]:
    found = []
    for count, reach in ((1, 1), (200, 1), (1000, 5)):
        Job.objects.all().delete()
        Job.objects.bulk_create(
            Job(
                tile=tile,
                template=tile.template,
                controller=tile.template.controller,
                ordered_by=person,
                form_key=uuid4(),
                status=Status.RUNNING,
                tower_type="job",
                tower_id=2_000_000 + number,
            )
            for number in range(count)
        )
        now = timezone.now()
        Controller.objects.update(followed_until=now, swept_at=now, last_answer_at=now)
        tower.clear_requests()
        follow.follow(tile.template.controller_id)
        found.append(counted(f"tick with {count:,} active jobs", len(tower.requests), unit="requests", reach=reach))
    return found
