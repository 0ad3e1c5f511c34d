"""The demo's catalog and tiles fit together, and its playbooks are real."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import User
from django.core.management import call_command

from catalog.looks import Colour, Icon, Size
from catalog.models import Controller, Template, Tile

DEMO = Path(__file__).resolve().parents[2] / "demo"
CATALOG: dict[str, Any] = yaml.safe_load((DEMO / "catalog" / "catalog.yml").read_text())
FIXTURE: list[dict[str, Any]] = json.loads((DEMO / "portal.json").read_text())
TILES = [entry["fields"] for entry in FIXTURE if entry["model"] == "catalog.tile"]
TEMPLATES = {
    (kind, template["name"]): template
    for kind in ("job_template", "workflow_job_template")
    for template in CATALOG[f"{kind}s"]
}
QUESTIONS = [
    pytest.param(question, id=f"{name}-{question['variable']}")
    for (_, name), template in TEMPLATES.items()
    for question in template["survey"]["spec"]
]


def spec(name: str) -> list[dict[str, Any]]:
    return next(template["survey"]["spec"] for (_, found), template in TEMPLATES.items() if found == name)


def test_the_surveys_use_all_seven_types():
    assert {q["type"] for template in TEMPLATES.values() for q in template["survey"]["spec"]} == {
        *("text", "textarea", "password", "integer", "float", "multiplechoice", "multiselect")
    }


@pytest.mark.parametrize("question", QUESTIONS)
def test_tower_would_store_the_question(question):
    assert isinstance(question["required"], bool)
    assert all(question[bound] is None or isinstance(question[bound], int) for bound in ("min", "max"))
    assert question["question_name"]
    assert question["question_description"].endswith((".", "?"))
    if question["type"] in {"multiplechoice", "multiselect"}:
        defaults = question["default"].split("\n") if question["default"] else []
        assert set(defaults) <= set(question["choices"])
        assert all(isinstance(choice, str) for choice in question["choices"])


def test_the_first_template_asks_what_the_original_one_asked():
    assert [q["variable"] for q in spec("New_Customer_L2_Setup")] == [
        *("_tenant_shortname", "_customer_id", "_vlan_id", "_epg_name", "_vrf_name", "_bd_name"),
        *("_epg_hpv", "_epg_fw", "_epg_tdi", "_epg_f5", "_epg_esx", "_epg_bm", "_epg_aix", "_epg_l2"),
    ]


def test_no_two_questions_of_a_survey_share_a_variable():
    for template in TEMPLATES.values():
        variables = [question["variable"] for question in template["survey"]["spec"]]
        assert len(variables) == len(set(variables))


def test_workflows_are_made_of_job_templates_that_exist_and_of_approvals():
    for workflow in CATALOG["workflow_job_templates"]:
        identifiers = {node["identifier"] for node in workflow["nodes"]}
        for node in workflow["nodes"]:
            assert node.get("approval") or ("job_template", node["job_template"]) in TEMPLATES
            assert set(node.get("success", [])) <= identifiers


def test_groups_hold_hosts_of_the_inventory():
    for inventory in CATALOG["inventories"]:
        hosts = {host["name"] for host in inventory["hosts"]}
        assert all(set(group["hosts"]) <= hosts for group in inventory["groups"])


@pytest.mark.parametrize("tile", TILES, ids=lambda tile: tile["slug"])
def test_a_tile_stands_on_a_template_and_looks_like_one_of_ours(tile):
    controller, kind, name = tile["template"]
    assert controller == "Demo Tower"
    variables = {question["variable"] for question in TEMPLATES[kind, name]["survey"]["spec"]}
    assert set(re.findall(r"{(\w+)}", tile["happens"] + tile["subject"])) <= variables
    assert tile["colour"] in Colour.values
    assert tile["icon"] in Icon.values
    assert tile["size"] in Size.values
    assert len(tile["description"]) <= (70 if tile["size"] == Size.NORMAL else 120)


def test_every_template_has_a_published_tile():
    published = {tuple(tile["template"][1:]) for tile in TILES if tile["published"]}
    assert published == set(TEMPLATES)


@pytest.mark.django_db
def test_the_fixture_loads_and_gives_people_their_tiles():
    controller = Controller.objects.create(name="Demo Tower", url="http://127.0.0.1:1")
    for number, (kind, name) in enumerate(TEMPLATES, start=1):
        Template.objects.create(controller=controller, kind=kind, name=name, tower_id=number)
    call_command("loaddata", str(DEMO / "portal.json"), verbosity=0)

    alice, dan, bob = (User.objects.get(username=name) for name in ("alice", "dan", "bob"))
    assert PBKDF2PasswordHasher().verify("demo", alice.password)
    assert Tile.objects.visible_to(alice).filter(slug="new-customer-network").exists()
    assert not Tile.objects.visible_to(alice).filter(slug__in=["stage-firmware", "voice-on-a-port"]).exists()
    assert Tile.objects.visible_to(dan).filter(slug="stage-firmware").exists()
    signed = Tile.objects.get(slug="customer-network-with-sign-off")
    assert signed.may_decide(User.objects.get(username="carol"))
    assert not any(signed.may_decide(person) for person in (alice, dan, bob))
    assert bob.has_perms(["catalog.change_tile", "jobs.view_all_jobs", "jobs.view_extra_vars"])
    assert User.objects.get(username="oscar").is_superuser
