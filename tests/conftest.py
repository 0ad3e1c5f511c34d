"""Fixtures for all tests."""

from collections.abc import Iterator

import pytest

from demo.tower.harness import TowerHarness


@pytest.fixture(scope="session")
def _tower_server() -> Iterator[TowerHarness]:
    """One server for the whole session (each xdist worker has its own, on a free port)."""
    harness = TowerHarness()
    yield harness
    harness.close()


@pytest.fixture
def tower(_tower_server: TowerHarness) -> Iterator[TowerHarness]:
    """A Tower as if just installed, whose jobs stay pending until the test says otherwise."""
    _tower_server.reset()
    yield _tower_server
    _tower_server.faults.settle()
