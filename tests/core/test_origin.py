"""Where figures come from, without what nobody should read."""

import shlex
import subprocess
from pathlib import Path

import pytest

import videorecap
from videorecap.outputs.origin import command, commit, without_secrets


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://me:secret@host:8000/v1", "http://host:8000/v1"),
        ("https://me:se/cr@et@host/v1?key=secret#secret", "https://host/v1"),
        ("--url=https://host/v1?key=secret", "--url=https://host/v1"),
        ("http://127.0.0.1:9/v1: gone, see me@host", "http://127.0.0.1:9/v1: gone, see me@host"),
        ("local:folder/me@home", "local:folder/me@home"),
    ],
)
def test_urls_lose_their_secrets(url: str, told: str) -> None:
    assert without_secrets(url) == told


def test_a_command_is_one_for_a_shell() -> None:
    given = ["evaluate", "my system", "--url", "http://me:secret@host/v1"]
    assert shlex.split(command(given)) == ["videorecap", "evaluate", "my system", "--url", "http://host/v1"]


def test_a_commit_is_of_the_packages_own_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "environment" / "videorecap"
    package.mkdir(parents=True)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-C"]
    monkeypatch.setattr(videorecap, "__file__", str(package / "__init__.py"))
    for folder in (tmp_path, package.parent):
        assert commit() is None, "it is in somebody else's at most"
        subprocess.run([*git, str(folder), "init", "-q"], check=True)
        subprocess.run([*git, str(folder), "commit", "-q", "--allow-empty", "-m", "one"], check=True)
    named = subprocess.run([*git, str(package), "rev-parse", "HEAD"], check=True, capture_output=True)
    assert (commit() or "?") == named.stdout.decode()[:12]
    monkeypatch.setenv("PATH", "")
    assert commit() is None
