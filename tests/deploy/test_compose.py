"""docker-compose.yml is valid, and starts things in an order that works."""

import json
import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
import yaml
from cryptography.fernet import Fernet
from jsonschema import Draft7Validator

from tests.deploy import compose
from tests.deploy.compose import ROOT

OURS = ["migrate", "web", "worker", "beat"]


@pytest.fixture(scope="module")
def stack() -> compose.Compose:
    return compose.read()


def test_it_is_a_valid_compose_file(stack):
    schema = json.loads((Path(__file__).parent / "vendor" / "compose-spec.json").read_text())

    errors = [error.message for error in Draft7Validator(schema).iter_errors(yaml.safe_load(stack.text))]

    assert errors == []


def test_the_schema_would_notice_a_mistake(stack):
    schema = json.loads((Path(__file__).parent / "vendor" / "compose-spec.json").read_text())
    wrong = yaml.safe_load(stack.text)
    wrong["services"]["web"]["restart_policy"] = "always"

    assert not Draft7Validator(schema).is_valid(wrong)


def test_it_has_the_services_of_production_and_a_demo_tower_that_starts_only_when_asked(stack):
    on_request = {name for name, service in stack.services.items() if service.get("profiles") == ["demo"]}

    assert set(stack.services) - on_request == {*OURS, "postgres", "redis"}
    assert on_request == {"tower", "demo-data"}


def test_every_lasting_service_is_restarted_and_checked(stack):
    for name, service in stack.services.items():
        if name not in {"migrate", "demo-data"}:
            assert service["restart"] == "unless-stopped", name
            assert service["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}, name


def test_the_portal_starts_after_a_migration_that_ended_well(stack):
    for name in ["web", "worker", "beat"]:
        assert stack.services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert stack.services["migrate"]["restart"] == "no"
    assert stack.services["migrate"]["depends_on"]["postgres"] == {"condition": "service_healthy"}


def test_whatever_is_waited_for_exists_and_can_become_healthy(stack):
    for service in stack.services.values():
        for name, wanted in service.get("depends_on", {}).items():
            assert name in stack.services
            assert wanted["condition"] != "service_healthy" or "healthcheck" in stack.services[name]


def test_secrets_come_from_files_only(stack):
    for name in OURS:
        environment = stack.environment(name)
        for variable in ["PORTAL_SECRET_KEY", "PORTAL_SECRET_KEYS", "DATABASE_URL", "TOWER_TOKEN"]:
            assert variable not in environment
            path = environment[f"{variable}_FILE"]
            assert path.removeprefix("/run/secrets/") in stack.services[name]["secrets"]
    assert all(set(secret) == {"file"} for secret in stack.secrets.values())
    assert all(set(service.get("secrets", [])) <= set(stack.secrets) for service in stack.services.values())


def test_what_must_last_is_on_a_named_volume(stack):
    mounted = {entry.split(":")[0] for service in stack.services.values() for entry in service.get("volumes", [])}

    assert {name for name in mounted if not name.startswith("./")} == set(stack.volumes)
    assert all((ROOT / name).exists() for name in mounted if name.startswith("./"))
    assert stack.services["postgres"]["volumes"] == ["postgres:/var/lib/postgresql/data"]
    assert stack.services["redis"]["volumes"] == ["redis:/data"]


def test_only_the_web_server_is_published_and_only_on_this_machine(stack):
    published = {name: service["ports"] for name, service in stack.services.items() if "ports" in service}

    assert published == {"web": ["127.0.0.1:8000:8000"]}


def test_the_demo_tower_is_reached_by_nobody_but_the_worker(stack):
    assert "ports" not in stack.services["tower"]
    assert {stack.services[name]["network_mode"] for name in ["tower", "demo-data"]} == {"service:worker"}


def test_images_are_pinned_to_a_version(stack):
    for name, service in stack.services.items():
        tag = service["image"].rpartition(":")[2]
        assert tag[0].isdigit(), name


def test_the_portal_runs_without_privileges_on_a_read_only_disk(stack):
    for name in OURS:
        service = stack.services[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert "user" not in service  # the image's own


def test_prepare_makes_every_secret_once_and_for_its_user_only(stack, tmp_path):
    shutil.copytree(ROOT / "docker", tmp_path / "docker")

    def prepare() -> dict[str, str]:
        subprocess.run(["docker/prepare"], cwd=tmp_path, check=True, capture_output=True, timeout=30)
        return {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}

    made = prepare()

    assert {f"secrets/{name}" for name in made} == {secret["file"] for secret in stack.secrets.values()}
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    Fernet(made["secret_keys"].strip())
    assert made["postgres_password"].strip() in made["database_url"]
    assert len(made["secret_key"].strip()) > 40
    assert (tmp_path / "portal.env").exists()
    assert prepare() == made


def test_what_prepare_makes_is_never_committed():
    for path in ["secrets/secret_keys", "portal.env"]:
        ignored = subprocess.run(
            ["git", "check-ignore", "--quiet", "--no-index", path], cwd=ROOT, check=False, timeout=30, env=os.environ
        )
        assert ignored.returncode == 0, path
