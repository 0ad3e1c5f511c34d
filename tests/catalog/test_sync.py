"""Tower's templates, mirrored whole or not at all."""

from datetime import timedelta

import pytest
from django.utils import timezone

from catalog import examination, tasks
from catalog import sync as mirror
from catalog.models import Controller, Template, Tile
from catalog.sync import sync
from portal.tower.line import Line
from tests.catalog.towers import controller_for, watched_requests

pytestmark = pytest.mark.django_db
L2 = "New_Customer_L2_Setup"
QUESTION = {"variable": "a", "question_name": "A", "question_description": "", "type": "text", "required": True,
            "min": 0, "max": 10, "default": "", "choices": ""}  # fmt: skip


@pytest.fixture
def controller(tower):
    controller = controller_for(tower)
    examination.examine(controller)
    return controller


@pytest.fixture
def synced(controller):
    sync(controller)
    controller.refresh_from_db()
    return controller


def rows():
    """All that sync writes, but for times."""
    names = ["kind", "tower_id", "name", "description", "survey_enabled", "survey", "prompts"]
    return [*Template.objects.order_by("pk").values(*names)]


def test_what_our_account_may_start_is_mirrored(tower, controller):
    result = sync(controller)
    names = set(Template.objects.values_list("name", flat=True))
    assert result.added == len(names)
    assert {L2, "Customer onboarding"} <= names
    assert "Not for the portal" not in names
    assert {row.kind for row in Template.objects.all()} == set(Template.Kind)
    controller.refresh_from_db()
    assert controller.synced_at
    assert controller.sync_trouble == ""
    assert controller.sync_lease_until is None


def test_surveys_and_prompts_are_kept_as_tower_gives_them(tower, synced):
    template = Template.objects.get(name=L2)
    assert [question["variable"] for question in template.questions][:4] == [
        "_tenant_shortname", "_customer_id", "_epg_name", "_vlan_id"
    ]  # fmt: skip
    assert template.prompts["asks"]["ask_variables_on_launch"] is False
    assert "_vlan_id" in template.prompts["variables_needed"]
    assert template.prompts["passwords_needed"] == []
    assert "extra_vars" not in template.prompts["defaults"]
    assert template.prompts["defaults"]["inventory"]["name"] == "Fabric A"


def test_a_second_sync_of_the_same_changes_nothing(synced):
    before = rows()
    assert str(sync(synced)) == "0 added, 0 changed, 0 gone, 0 back"
    assert rows() == before


def test_a_survey_that_was_edited_is_read_again(tower, synced):
    tower.set_survey(tower.template(L2)["id"], [QUESTION])
    assert sync(synced).changed == 1
    assert [question["variable"] for question in Template.objects.get(name=L2).questions] == ["a"]


def test_a_survey_that_was_switched_off_is_asked_no_more(tower, synced):
    tower.set_survey(tower.template(L2)["id"], [])
    sync(synced)
    assert Template.objects.get(name=L2).questions == []


def test_a_template_that_is_gone_is_marked_and_keeps_its_tile(tower, synced):
    template = Template.objects.get(name=L2)
    tile = Tile.objects.create(template=template, title="New network", slug="new-network", published=True)
    tower.remove_template(template.tower_id)
    assert sync(synced).gone == 1
    template.refresh_from_db()
    tile.refresh_from_db()
    assert template.gone_at is not None
    assert (tile.title, tile.published) == ("New network", True)
    assert tile.pause_reason
    assert sync(synced).gone == 0


def test_a_template_that_is_back_is_offered_again(tower, synced):
    Template.objects.filter(name=L2).update(gone_at=timezone.now())
    assert sync(synced).back == 1
    assert Template.objects.get(name=L2).gone_at is None


def test_a_template_we_may_no_longer_start_is_gone(tower, synced):
    tower.tower.accounts.named("portal-svc").execute.discard(L2)
    sync(synced)
    assert Template.objects.get(name=L2).gone_at is not None
    assert Template.objects.get(name="Customer onboarding").gone_at is None


def test_all_pages_are_read(tower, controller, monkeypatch):
    monkeypatch.setattr("portal.tower.client.PAGE", 2)
    sync(controller)
    assert Template.objects.filter(name=L2).exists()
    assert len([path for _, path in tower.requests if "page=2" in path]) == 1


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "error_before", "bad_gateway", "html", "unreadable",
                                  "redirect", "throttle"])  # fmt: skip
@pytest.mark.parametrize("where", ["/ping", "/unified_job_templates", "/job_templates", "/workflow_job_templates"])
def test_a_failure_changes_no_template(tower, synced, kind, where):
    before = rows()
    tower.set_survey(tower.template(L2)["id"], [QUESTION])
    tower.remove_template(tower.template("Plain no prompts")["id"])
    tower.fault(kind, on=where, times=0)
    result = sync(synced)
    synced.refresh_from_db()
    assert result.trouble
    assert synced.sync_trouble == result.trouble
    assert rows() == before
    assert not Template.objects.exclude(gone_at=None).exists()


def test_a_failed_page_changes_no_template(tower, synced, monkeypatch):
    tower.add_template("A new one")
    before, ask, asked = rows(), Line.get, []

    def fails_on_the_second_page(line, path):
        if "page=2" in path:
            asked.append(path)
            tower.fault("bad_gateway", on="/unified_job_templates")
        return ask(line, path)

    monkeypatch.setattr("portal.tower.client.PAGE", 2)
    monkeypatch.setattr(Line, "get", fails_on_the_second_page)
    assert sync(synced).trouble
    assert len(asked) == 1
    assert rows() == before


def test_trouble_ends_with_the_next_good_sync(tower, synced):
    tower.fault("bad_gateway", on="/unified_job_templates")
    sync(synced)
    sync(synced)
    synced.refresh_from_db()
    assert synced.sync_trouble == ""


def test_a_tower_that_is_down_changes_no_template(tower, synced):
    before = rows()
    tower.down()
    assert "refuses connections" in sync(synced).trouble
    assert rows() == before


def test_a_token_that_was_revoked_changes_no_template(synced):
    Controller.objects.update(token="revoked")
    assert "token" in sync(Controller.objects.get()).trouble
    assert not Template.objects.exclude(gone_at=None).exists()


def test_a_token_that_no_key_opens_is_told(synced, settings):
    settings.PORTAL_SECRET_KEYS = ["yhIA3CbIA0OExgJRGdWMBT4xXwbkyLlRJBqHW0xR1ZM="]
    tasks.sync_controller(synced.pk)
    assert "PORTAL_SECRET_KEYS" in Controller.objects.defer("token").get().sync_trouble


def test_a_read_only_token_changes_no_template(tower, synced):
    Controller.objects.update(token=tower.read_token)
    assert "read-only" in sync(Controller.objects.get()).trouble
    assert not Template.objects.exclude(gone_at=None).exists()


def test_another_accounts_empty_list_changes_no_template(tower, synced):
    accounts = tower.tower.accounts
    _, token = accounts.issue(accounts.named("portal-other"), scope="write", description="other")
    Controller.objects.update(token=token)
    assert "another account" in sync(Controller.objects.get()).trouble
    assert not Template.objects.exclude(gone_at=None).exists()


def test_an_empty_list_is_believed_of_the_same_account(tower, synced):
    for template in tower.templates():
        tower.remove_template(template["id"])
    assert sync(synced).gone == Template.objects.count()
    assert not Template.objects.filter(gone_at=None).exists()


def test_another_installation_at_the_same_address_changes_no_template(synced):
    Controller.objects.update(install_uuid="the-old-one")
    assert "another installation" in sync(Controller.objects.get()).trouble


def test_while_one_worker_syncs_another_lets_it_be(tower, synced):
    Controller.objects.update(sync_lease_until=timezone.now() + timedelta(minutes=1))
    tower.clear_requests()
    assert "already" in sync(synced).trouble
    assert tower.requests == []
    assert Controller.objects.get().sync_trouble == ""


def test_the_lease_of_a_worker_that_died_runs_out(synced):
    Controller.objects.update(sync_lease_until=timezone.now() - timedelta(seconds=1))
    assert not sync(synced).trouble


def test_what_was_read_is_not_written_when_another_sync_took_over(tower, synced, monkeypatch):
    tower.add_template("A new one")
    read = mirror._read

    def slow(controller):
        found = read(controller)
        Controller.objects.update(sync_lease_until=timezone.now() + timedelta(hours=1))
        return found

    monkeypatch.setattr(mirror, "_read", slow)
    assert sync(synced).trouble
    assert not Template.objects.filter(name="A new one").exists()
    assert Controller.objects.filter(sync_lease_until__gt=timezone.now()).exists(), "the other one keeps its lease"


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_tower_is_read(tower, controller, monkeypatch):
    with watched_requests(monkeypatch) as in_transaction:
        sync(controller)
    assert len(in_transaction) > 5
    assert not any(in_transaction)


def test_the_tasks_sync_each_tower_that_is_not_paused(tower, controller, monkeypatch):
    controller_for(tower, name="Paused", paused=True)
    nudged: list[int] = []
    monkeypatch.setattr(tasks.sync_controller, "delay", nudged.append)
    tasks.sync_all()
    assert nudged == [controller.pk]
    tasks.sync_controller(controller.pk)
    tasks.sync_controller(controller.pk + 1000)
    assert Template.objects.filter(controller=controller).exists()
