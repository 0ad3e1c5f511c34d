"""The catalog's playbooks run, on answers as they come."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

FOLDER = Path(__file__).resolve().parents[2] / "demo" / "catalog"
PROJECT = FOLDER / "project"
CATALOG: dict[str, Any] = yaml.safe_load((FOLDER / "catalog.yml").read_text())
ANSIBLE_PLAYBOOK = Path(sys.executable).parent / "ansible-playbook"
HOSTILE = "{{ lookup('pipe', 'id') }}"

Answer = str | int | float | list[str]


class Ansible:
    """Runs playbooks on the catalog's inventory. Answers are marked as Tower marks them: never to be evaluated."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.inventory, self.answers = folder / "inventory.json", folder / "answers.json"
        groups = {
            group["name"]: {"hosts": dict.fromkeys(group["hosts"])} for group in CATALOG["inventories"][0]["groups"]
        }
        self.inventory.write_text(json.dumps({"all": {"children": groups}}))

    def __call__(self, *arguments: str, **answers: Answer) -> subprocess.CompletedProcess[str]:
        self.answers.write_text(json.dumps({name: _unsafe(answer) for name, answer in answers.items()}))
        return subprocess.run(
            [ANSIBLE_PLAYBOOK, "-i", self.inventory, "-e", f"@{self.answers}", *arguments],
            cwd=PROJECT, capture_output=True, text=True, timeout=120,
            env={
                **os.environ, "AWX_PRIVATE_DATA_DIR": str(self.folder), "ANSIBLE_HOME": str(self.folder / "home"),
                "ANSIBLE_REMOTE_TEMP": str(self.folder / "remote"),
            },
        )  # fmt: skip


def _unsafe(answer: Answer) -> Any:
    if isinstance(answer, list):
        return [_unsafe(each) for each in answer]
    return {"__ansible_unsafe": answer} if isinstance(answer, str) else answer


@pytest.fixture
def ansible(tmp_path: Path) -> Iterator[Ansible]:
    before = set(PROJECT.rglob("*"))
    yield Ansible(tmp_path)
    after = {path for path in PROJECT.rglob("*") if "__pycache__" not in path.parts}
    assert after <= before


def test_every_playbook_passes_ansibles_syntax_check(ansible):
    playbooks = sorted({template["playbook"] for template in CATALOG["job_templates"]})
    assert set(playbooks) == {path.name for path in PROJECT.glob("*.yml")}
    checked = ansible("--syntax-check", *playbooks, switch="sw-acc-02", switches=["sw-acc-02"])
    assert checked.returncode == 0, checked.stderr


def test_a_new_customer_is_built_and_answers_are_never_evaluated(ansible):
    switches = {f"_epg_{name}": "true" for name in ("hpv", "fw", "tdi", "f5", "esx", "bm", "aix", "l2")}
    ran = ansible(
        *("mtenant_tower.yml", "-v"), _tenant_shortname=HOSTILE, _customer_id="a\nno vlan 1", _vlan_id=465,
        _epg_name='"}, {"', _vrf_name="VRF_{% for x in %}", _bd_name="BD_1", **switches,
    )  # fmt: skip

    assert ran.returncode == 0, ran.stdout
    assert HOSTILE in ran.stdout
    assert "uid=" not in ran.stdout
    assert len(ran.stdout.splitlines()) > 100
    rendered = next(ansible.folder.glob("build_*"))
    assert json.loads((rendered / "apic-f1.json").read_text())["fvTenant"]["attributes"]["name"] == HOSTILE
    assert "  ip address 10.46.5.1/24" in (rendered / "leaf-101.cfg").read_text().splitlines()
    assert "no vlan 1" not in (rendered / "leaf-101.cfg").read_text().splitlines()


def test_a_password_is_in_no_output_and_no_file(ansible):
    secret = "hunter2-" + HOSTILE
    ran = ansible(
        *("site_vpn.yml", "-vvv"), customer=HOSTILE, peer="198.51.100.7", remote_networks="192.0.2.0/24",
        preshared_key=secret, encryption="AES-256-GCM",
    )  # fmt: skip

    assert ran.returncode == 0, ran.stdout
    ansible.answers.unlink()
    assert "hunter2" not in ran.stdout + ran.stderr
    assert "uid=" not in ran.stdout
    kept = [path for path in ansible.folder.rglob("*") if path.is_file()]
    assert kept
    assert not [path for path in kept if b"hunter2" in path.read_bytes()]


def test_an_address_that_is_taken_fails_with_a_plain_reason(ansible):
    ran = ansible(
        "add_l2_domain.yml", _tenant_shortname="TEN_GAS", _vlan_id=465, _site_from="Antwerp", _site_to="Ghent",
        _bd_name="BD_1", _gateway="10.47.1.1/24",
    )  # fmt: skip

    assert ran.returncode == 2
    assert "The address 10.47.1.1 already belongs to another network, TEN_WATER." in ran.stdout
    assert "changed=1" not in ran.stdout


def test_devices_are_only_looked_at_when_it_is_only_checked(ansible):
    ran = ansible("look_after.yml", "--check", "--limit", "lea*", "--tags", "apply", reason=HOSTILE)

    assert ran.returncode == 0, ran.stdout
    assert f"Only looked at leaf-101: {HOSTILE}" in ran.stdout
    assert "uid=" not in ran.stdout
    assert "Read what is due" not in ran.stdout
    assert "sw-acc-02" not in ran.stdout
