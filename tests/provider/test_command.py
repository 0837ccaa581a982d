"""The command says where the provider is, ends when told to, and says why it cannot start."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading

import pytest
import requests

from project.provider import Provider
from tests.provider.conftest import Run
from tests.provider.receiver import Receiver


def command(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "project.provider", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_is_and_ends_cleanly(number: signal.Signals) -> None:
    with command("--port", "0", "--unknown", "bob@x.example", "--speed", "2") as running:
        assert running.stdout is not None
        line = running.stdout.readline()
        url = line.split()[-1]
        try:
            page = requests.get(url).text
        finally:
            running.send_signal(number)
            out, err = running.communicate(timeout=10)
    assert "bob@x.example" in page
    assert "runs at speed 2" in page
    assert (running.returncode, out, err) == (0, "", "")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--webhook", "ftp://x"], "A webhook has to be an http or https URL, not 'ftp://x'.\n"),
        (["--speed", "0"], "The speed has to be more than 0, not 0.\n"),
        (["--port", "70000"], "70000 is no port: choose one from 1 to 65535.\n"),
    ],
)
def test_what_it_cannot_do_is_one_sentence(arguments: list[str], sentence: str) -> None:
    with command(*arguments) as running:
        out, err = running.communicate(timeout=10)
    assert (running.returncode, out, err) == (2, "", sentence)


def test_a_taken_port_is_one_sentence(run: Run) -> None:
    port = run().url.rpartition(":")[2]
    with command("--port", port) as running:
        out, err = running.communicate(timeout=10)
    assert running.returncode == 2
    assert (out, err) == ("", f"Port {port} is taken: choose another one with --port.\n")


def test_only_this_machine_can_reach_it(run: Run) -> None:
    assert run().url.startswith("http://127.0.0.1:")


def test_nothing_is_left_of_a_provider_that_has_ended(receiver: Receiver) -> None:
    before = set(threading.enumerate())
    with requests.Session() as client:  # keeps its connection open
        with Provider(webhook=receiver.url, inbound_webhook=receiver.url) as provider:
            url = provider.url
            assert client.get(url).ok
            assert len(set(threading.enumerate()) - before) == 4
        assert set(threading.enumerate()) == before
    with pytest.raises(requests.ConnectionError):
        requests.get(url)
