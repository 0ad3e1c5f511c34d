"""The house stands: imports go down only, no circle closes, files stay small (docs/architecture.md)."""

from pathlib import Path

import pytest

from tests.imports import PACKAGES, Module, circles, read

ROOT = Path(__file__).parent.parent
MOST_LINES = 300

# From the top down. A room is a module, or a package with all that is in it.
FLOORS = [
    "portal.urls portal.wsgi portal.health portal.management",
    "jobs.urls jobs.views jobs.templatetags jobs.admin jobs.management",
    "jobs.orders jobs.verbs jobs.decisions",
    "jobs.tasks",
    "jobs.launch jobs.follow jobs.stopping jobs.decide",
    "jobs.reconcile jobs.output jobs.refusals jobs.stepoutput jobs.workflows",
    "jobs.relaunching",
    (
        "jobs.facts jobs.wording jobs.secrets jobs.states jobs.timeline jobs.history jobs.versions jobs.ansi"
        " jobs.locks jobs.rights jobs.again jobs.steps jobs.signing jobs.pieces jobs.stepwords"
    ),
    "jobs.models jobs.chips jobs.apps",
    "catalog.urls catalog.views catalog.admin catalog.management catalog.tasks catalog.sync catalog.objects",
    (
        "catalog.forms catalog.promptform catalog.promptfields catalog.options catalog.asking"
        " catalog.fields catalog.choices catalog.answers catalog.widgets catalog.examination"
    ),
    "catalog.connections catalog.environment",
    "catalog.sessions",
    "catalog.models catalog.prompt_models catalog.apps",
    "catalog.controllers",
    "catalog.survey catalog.prompts catalog.wording catalog.looks",
    (
        "portal.celery portal.apps portal.middleware portal.context portal.templatetags portal.encryption portal.tower"
        " portal.settings portal.brokers portal.validation portal.admin_config portal.admin_site"
    ),
]
HEIGHT = {room: -number for number, floor in enumerate(FLOORS) for room in floor.split()}
GROUND = min(HEIGHT.values())
PURE = ("portal.tower", "catalog.survey", "catalog.prompts", "catalog.wording")

MODULES = read(ROOT)


def room(name: str) -> str | None:
    """The room a module belongs to; a package's own file, such as portal/__init__.py, belongs to none."""
    while name and name not in HEIGHT:
        name = name.rpartition(".")[0]
    return name or None


def height(name: str) -> int:
    return HEIGHT.get(room(name) or "", GROUND)


def climbs(modules: dict[str, Module]) -> list[str]:
    return [
        f"{module.name} imports {target}, which stands on a higher floor"
        for module in modules.values()
        if not module.name.startswith("demo")
        for target in sorted(module.imports | module.typed | module.late)
        if target in modules and height(target) > height(module.name)
    ]


def dodges(modules: dict[str, Module]) -> list[str]:
    """Imports of our own within functions; only an app's `ready` must wait for the others."""
    return [
        f"{module.name} imports {target} within a function"
        for module in modules.values()
        if not module.name.endswith(".apps")
        for target in sorted(module.late)
        if target.partition(".")[0] in PACKAGES
    ]


def test_every_module_has_a_floor():
    homeless = [name for name in MODULES if "." in name and not name.startswith("demo") and not room(name)]

    assert not homeless, f"Give {', '.join(homeless)} a floor in FLOORS, and in docs/architecture.md"


def test_imports_go_down_only():
    assert climbs(MODULES) == []


def test_no_circle_closes():
    assert [" -> ".join(circle) for circle in circles(MODULES)] == []


def test_no_import_hides_in_a_function():
    assert dodges(MODULES) == []


def test_the_catalog_knows_nothing_of_jobs():
    """It follows from the floors, and is said here because it is what is broken first."""
    assert not [name for name in MODULES if name.startswith("catalog") and imports_of(name, "jobs")]


def test_the_portal_and_the_demo_know_nothing_of_each_other():
    ours, demos = ("portal", "catalog", "jobs"), ("demo",)
    strangers = [
        (name, target) for name in MODULES for target in imports_of(name, *(ours if name.startswith("demo") else demos))
    ]

    assert strangers == []


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith(PURE)])
def test_pure_modules_know_no_django(name):
    ours = [target for target in imports_of(name, *PACKAGES) if not target.startswith(PURE)]

    assert imports_of(name, "django", "celery") == []
    assert ours == []


def test_no_file_is_longer_than_300_lines():
    paths = [
        path
        for folder in (*PACKAGES, "templates", "tests")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".html"} and "migrations" not in path.parts
    ]
    long = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in paths}

    assert {name: lines for name, lines in long.items() if lines > MOST_LINES} == {}


def imports_of(name: str, *packages: str) -> list[str]:
    module = MODULES[name]
    return sorted(
        target for target in module.imports | module.typed | module.late if target.partition(".")[0] in packages
    )


# That these tests would notice ----------------------------------------------------------------------------------------


@pytest.fixture
def house(tmp_path):
    def build(**files: str) -> dict[str, Module]:
        for package in PACKAGES:
            (tmp_path / package).mkdir()
            (tmp_path / package / "__init__.py").touch()
        for name, source in files.items():
            (tmp_path / name.replace("__", "/")).with_suffix(".py").write_text(source)
        return read(tmp_path)

    return build


@pytest.mark.parametrize(
    "source",
    [
        "from jobs import views",
        "from jobs.views import order",
        "import jobs.views",
        "from . import views",
        "from .views import order",
        "def later():\n    from jobs import views",
        "if TYPE_CHECKING:\n    from jobs.views import order",
        "try:\n    from jobs import views\nexcept ImportError:\n    pass",
    ],
)
def test_an_import_that_climbs_is_found_in_any_form(house, source):
    modules = house(jobs__models=source, jobs__views="order = 1")

    assert climbs(modules) == ["jobs.models imports jobs.views, which stands on a higher floor"]


def test_an_import_that_goes_down_or_along_is_fine(house):
    modules = house(jobs__launch="from jobs import models, follow", jobs__follow="", jobs__models="import portal.tower")

    assert [*climbs(modules), *dodges(modules), *circles(modules)] == []


def test_a_circle_is_found_over_any_number_of_modules(house):
    modules = house(demo__a="from demo import b", demo__b="import demo.c", demo__c="from .a import x")

    assert circles(modules) == [["demo.a", "demo.b", "demo.c", "demo.a"]]


def test_an_import_for_types_closes_no_circle(house):
    modules = house(demo__a="from demo import b", demo__b="if typing.TYPE_CHECKING:\n    from demo import a")

    assert circles(modules) == []


def test_an_import_within_a_function_is_found_but_in_ready(house):
    late = "class A:\n    def ready(self):\n        from demo import b"
    modules = house(demo__a=late, demo__b="", jobs__apps=late)

    assert dodges(modules) == ["demo.a imports demo.b within a function"]
