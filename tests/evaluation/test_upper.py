"""Scoring a system above whose clips a server writes, which fails at first."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from tests.training.micro import make_data
from videorecap.apps.cli import EXIT_GAPS, EXIT_OK, main


class Upper(BaseHTTPRequestHandler):
    """A server of OpenAI's protocol that answers all but some of its requests."""

    refused: ClassVar[set[int]] = set()
    number: ClassVar[int] = 0

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        type(self).number += 1
        is_refused = self.number in self.refused
        message = {"role": "assistant", "content": f"C does number {self.number}."}
        answer = {"id": "1", "object": "chat.completion", "created": 0, "model": "m"}
        answer["choices"] = [{"index": 0, "finish_reason": "stop", "message": message}]
        self.send_response(400 if is_refused else 200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps({"error": {"message": "busy"}} if is_refused else answer).encode())

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    listening = ThreadingHTTPServer(("127.0.0.1", 0), Upper)
    threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True).start()
    Upper.refused, Upper.number = set(), 0
    yield f"http://127.0.0.1:{listening.server_port}/v1"
    listening.shutdown()
    listening.server_close()


@pytest.mark.slow
def test_the_next_run_asks_what_the_server_did_not_answer(
    url: str, tiny_system_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.setenv("PATH", "")  # METEOR takes its time
    data = make_data(tmp_path / "data", split="test", seconds=50)
    output = tmp_path / "report.json"
    command = ["evaluate", str(tiny_system_dir), "--data", str(data), "-o", str(output), "--workers", "1"]
    command += ["--upper", "server:m", "--url", url]
    Upper.refused = {1}
    assert main(command) == EXIT_GAPS
    assert "captions are missing: 1 of segment; the first:" in capsys.readouterr().err
    first, asked = json.loads(output.read_text()), Upper.number
    assert main(command) == EXIT_OK
    second = json.loads(output.read_text())
    assert Upper.number - asked == 2, "the segment, and the summary that reads it"
    prints = [[level["fingerprint"] for level in told["levels"]] for told in (first, second)]
    assert prints[0] == prints[1]
    asked = Upper.number
    assert main(command) == EXIT_OK
    assert Upper.number == asked
    assert json.loads(output.read_text()) == second
