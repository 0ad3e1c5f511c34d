"""Reads which of the project's modules import which, from their source."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

PACKAGES = ("portal", "catalog", "jobs", "demo")


@dataclass
class Module:
    """One file. `imports` happen when it is loaded; `typed` only under TYPE_CHECKING; `late` within a function."""

    name: str
    path: Path
    imports: set[str] = field(default_factory=set)
    typed: set[str] = field(default_factory=set)
    late: set[str] = field(default_factory=set)


def read(root: Path) -> dict[str, Module]:
    """The modules of the project's packages under `root`, by dotted name; migrations are left out."""
    paths = [
        path
        for package in PACKAGES
        for path in sorted((root / package).rglob("*.py"))
        if "migrations" not in path.parts and "project" not in path.relative_to(root).parts
    ]
    names = {_name(path.relative_to(root)): path for path in paths}
    return {name: _module(name, path, set(names)) for name, path in names.items()}


def circles(modules: dict[str, Module]) -> list[list[str]]:
    """Chains of modules that import each other when loaded, each from one module back to itself."""
    found: dict[frozenset[str], list[str]] = {}
    done: set[str] = set()

    def visit(name: str, way: list[str]) -> None:
        if name in way:
            circle = way[way.index(name) :]
            found.setdefault(frozenset(circle), [*circle, name])
        elif name not in done:
            for target in sorted(modules[name].imports & modules.keys()):
                visit(target, [*way, name])
            done.add(name)

    for name in sorted(modules):
        visit(name, [])
    return list(found.values())


def _name(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def _module(name: str, path: Path, known: set[str]) -> Module:
    module = Module(name, path)
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node, place in _statements(ast.parse(path.read_text(encoding="utf-8")), module.imports, module):
        place.update(target for target in _targets(node, package, known) if target != name)
    return module


def _statements(
    node: ast.AST, place: set[str], module: Module
) -> Iterator[tuple[ast.Import | ast.ImportFrom, set[str]]]:
    """Every import with the set that it belongs to."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child, place
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _statements(child, module.late, module)
        elif isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            for statement in child.body:
                yield from _statements(ast.Module([statement], []), module.typed, module)
            for statement in child.orelse:
                yield from _statements(ast.Module([statement], []), place, module)
        else:
            yield from _statements(child, place, module)


def _targets(node: ast.Import | ast.ImportFrom, package: str, known: set[str]) -> Iterator[str]:
    """Dotted names; `from jobs import facts` is jobs.facts if that is a module, and jobs if it is not."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
    source = ".".join([*above, *([node.module] if node.module else [])])
    for alias in node.names:
        yield f"{source}.{alias.name}" if f"{source}.{alias.name}" in known else source
