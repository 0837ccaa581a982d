"""A taken port is stepped over, or named in a sentence where it was asked for."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from project.demo.ports import HOST, any_free, choose, is_free
from project.demo.programs import Trouble


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server((HOST, 0)) as server:
        yield server.getsockname()[1]


def test_the_usual_port_is_taken_where_it_is_free() -> None:
    port = any_free()
    assert choose(None, usual=port, option="--port") == port


def test_the_next_free_port_stands_in_for_a_taken_one(taken: int) -> None:
    chosen = choose(None, usual=taken, option="--port")
    assert chosen > taken
    assert is_free(chosen)


def test_a_port_that_was_asked_for_and_is_taken_is_named(taken: int) -> None:
    with pytest.raises(Trouble, match=f"Port {taken} is taken: choose another one with --port"):
        choose(taken, usual=8000, option="--port")


@pytest.mark.parametrize("number", [0, -1, 65536])
def test_what_is_no_port_is_said_to_be_none(number: int) -> None:
    with pytest.raises(Trouble, match=f"{number} is no port"):
        choose(number, usual=8000, option="--port")
