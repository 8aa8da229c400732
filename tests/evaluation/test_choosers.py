"""Who answers is looked at before the work whose end it is."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from tests.core.test_llm import free_port
from videorecap.errors import ConfigError
from videorecap.evaluation.choosers import require_chooser
from videorecap.llm import LlmError


class Door(BaseHTTPRequestHandler):
    """Opens for one key; lists no models."""

    key: ClassVar[str] = "right"

    def do_GET(self) -> None:
        self.send_response(404 if self.headers["Authorization"] == f"Bearer {self.key}" else 401)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def door() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()


def test_a_key_is_tried_first(door: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "right")
    require_chooser("server:any", url=door)
    monkeypatch.setenv("OPENAI_API_KEY", "wrong")
    record = tmp_path / "answers.jsonl"
    with pytest.raises(LlmError, match="401"):
        require_chooser("server:any", url=door, record=record)
    assert not record.exists()
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(ConfigError, match="need a key in OPENAI_API_KEY"):
        require_chooser("server:any")


def test_a_server_that_is_not_there_is_told() -> None:
    with pytest.raises(LlmError, match="Connection"):
        require_chooser("server:any", url=f"http://127.0.0.1:{free_port()}/v1")


@pytest.mark.parametrize("by", ["", "wrods", "embedding:", "server:", "record", "words:many"])
def test_what_is_no_chooser_is_told(by: str) -> None:
    with pytest.raises(ConfigError, match=r"(nobody answers as|no language model) .*there is "):
        require_chooser(by)
