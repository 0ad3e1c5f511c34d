"""The Dockerfile's commands fit this checkout."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy import compose
from tests.deploy.compose import ROOT


def instructions() -> list[tuple[str, str]]:
    """(INSTRUCTION, the rest), with continued lines joined and comments left out."""
    text = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text())
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in lines]


def stage(name: str) -> list[tuple[str, str]]:
    """The instructions of one stage, without its FROM."""
    found: list[tuple[str, str]] = []
    inside = False
    for word, rest in instructions():
        if word == "FROM":
            inside = rest.endswith(f" AS {name}")
        elif inside:
            found.append((word, rest))
    assert found, f"no stage {name}"
    return found


def copied(name: str) -> list[tuple[str, str]]:
    """(source, target) of what a stage copies from the checkout."""
    pairs = [rest.split() for word, rest in stage(name) if word == "COPY" and "--from" not in rest]
    return [(source, target) for source, target in pairs]


def test_the_last_stage_is_the_portal():
    assert [rest for word, rest in instructions() if word == "FROM"][-1].endswith(" AS portal")


def test_images_are_pinned_to_a_version():
    outside = [rest.split()[0] for word, rest in instructions() if word == "FROM" and ":" in rest]

    assert outside
    assert all(re.fullmatch(r"python:3\.1[123](\.\d+)?-slim-\w+", image) for image in outside)


@pytest.mark.parametrize("name", ["portal", "demo"])
def test_it_runs_as_somebody_without_rights(name):
    users = [rest for word, rest in stage(name) if word == "USER"]
    words = [word for word, _ in stage(name)]

    assert users == ["10001:10001"]
    assert "RUN" not in words[words.index("USER") :]
    assert "COPY" not in words[words.index("USER") :]


@pytest.mark.parametrize("name", ["packages", "demo-packages", "portal", "demo"])
def test_everything_it_copies_is_in_the_checkout_and_passes_dockerignore(name):
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}

    for source, _ in copied(name):
        assert (ROOT / source).exists(), source
        assert source.split("/")[0] in allowed, source


def test_packages_are_installed_by_hash_from_the_locks():
    installs = [rest for word, rest in instructions() if word == "RUN" and "pip install" in rest]

    assert len(installs) == 2
    assert all("--require-hashes" in rest for rest in installs)


@pytest.mark.parametrize("lock", ["portal", "demo", "dev"])
def test_every_package_of_a_lock_is_pinned_with_hashes_and_names_no_index(lock):
    text = (ROOT / "requirements" / f"{lock}.txt").read_text()
    lines = [line for line in text.replace("\\\n", "").splitlines() if not line.strip().startswith("#")]

    assert len(lines) > 20
    assert all("==" in line and "--hash=sha256:" in line for line in lines)
    assert "://" not in text


def test_the_portal_is_complete_without_demo_and_tests(tmp_path):
    """Runs the image's own RUN line in a copy of what the image copies."""
    for source, target in copied("portal"):
        (tmp_path / target).parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-r", str(ROOT / source), str(tmp_path / target)], check=True, timeout=30)
    [collect] = [rest for word, rest in stage("portal") if word == "RUN"]
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    clean = {"PATH": path, "PORTAL_STATIC_ROOT": str(tmp_path / "static-root")}

    done = subprocess.run(
        ["sh", "-c", collect], cwd=tmp_path, env=clean, capture_output=True, text=True, timeout=120, check=False
    )

    assert done.returncode == 0, done.stderr
    manifest = json.loads((tmp_path / "static-root" / "staticfiles.json").read_text())
    assert manifest["paths"]


def test_the_image_starts_what_the_compose_file_starts():
    [command] = [json.loads(rest) for word, rest in stage("portal") if word == "CMD"]
    in_compose = compose.read().command("web")

    assert " ".join(command).replace("=", " ") == " ".join(in_compose).replace("=", " ")
