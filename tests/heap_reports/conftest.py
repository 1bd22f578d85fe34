"""A heap worker, and the snapshot of a shop that leaks."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from heapsight.client import PACKAGE, Client
from support.leaky_shop import leaky_shop


@pytest.fixture(scope="session")
def shop(tmp_path_factory) -> Path:
    """Return the path of a snapshot with 100 orders."""
    return leaky_shop(tmp_path_factory.mktemp("shop") / "shop.heapsight")


@pytest.fixture(scope="session")
def later(tmp_path_factory) -> Path:
    """Return the path of a snapshot of the same shop, with 150 orders."""
    return leaky_shop(tmp_path_factory.mktemp("later") / "later.heapsight", 150)


@pytest.fixture
def worker() -> Iterator[Client]:
    """Start a heap worker; it has to end well."""
    client = Client.spawn([sys.executable, str(PACKAGE), "heap-worker"])
    yield client
    client.close()
    assert client.process is not None
    assert client.process.returncode == 0


@pytest.fixture
def ask(worker, shop):
    """Return what puts a question about the shop to a worker."""
    number = worker.request("open", {"path": str(shop)})["snapshot"]

    def put(command: str, **arguments) -> dict:
        return worker.request(command, {"snapshot": number, **arguments})

    return put
