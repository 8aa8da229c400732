"""Language models behind a real server process, here, and from a record."""

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from tests.llms import make_llm
from videorecap.errors import ConfigError
from videorecap.llm import (
    MAX_UNREACHED,
    CutError,
    LlmError,
    LocalClient,
    PatientClient,
    RecordedClient,
    ServerClient,
    open_client,
    without_thoughts,
)


@pytest.fixture(scope="module")
def model_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_llm(tmp_path_factory.mktemp("llm"))


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="module")
def server(
    model_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, subprocess.Popen]]:
    """``transformers serve`` with the tiny model, as its users start it."""
    port = free_port()
    log = (tmp_path_factory.mktemp("log") / "server.log").open("w+")
    command = [sys.executable, "-m", "transformers.cli.transformers", "serve", str(model_dir)]
    process = subprocess.Popen([*command, "--port", str(port), "--device", "cpu"], stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    for _ in range(240):
        if process.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            time.sleep(0.5)
    if process.poll() is not None:
        log.seek(0)
        pytest.fail(f"the server did not start: {log.read()[-800:]}")
    yield f"{url}/v1", process
    process.kill()
    process.wait()


@pytest.mark.slow
def test_a_real_server_answers_as_the_model_does_here(model_dir: Path, server) -> None:
    url, process = server
    client = ServerClient(model=str(model_dir), url=url, max_tokens=64, max_retries=3)
    answer = client.complete("What does C do?")
    assert answer == LocalClient(str(model_dir), max_tokens=64).complete("What does C do?")
    with pytest.raises(LlmError, match=r"127\.0\.0\.1"):
        ServerClient(model="another", url=url, max_retries=0).complete("What does C do?")
    process.kill()
    process.wait()
    with pytest.raises(LlmError, match="Connection"):
        ServerClient(model=str(model_dir), url=url, max_retries=0).complete("What does C do?")


class Scripted(BaseHTTPRequestHandler):
    """Answers as it is told, one answer after the other; a server's worst days cannot be had to order."""

    answers: ClassVar[list[tuple[int, dict[str, str], str]]] = []
    seen: ClassVar[list[float]] = []

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append(time.monotonic())
        status, headers, body = self.answers.pop(0)
        if status == 0:
            time.sleep(float(body))
            return
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def scripted() -> Iterator[str]:
    listening = ThreadingHTTPServer(("127.0.0.1", 0), Scripted)
    threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True).start()
    Scripted.answers, Scripted.seen = [], []
    yield f"http://127.0.0.1:{listening.server_port}/v1"
    listening.shutdown()
    listening.server_close()


def said(text: object, reason: str = "stop") -> str:
    return json.dumps(
        {
            "id": "1",
            "object": "chat.completion",
            "created": 0,
            "model": "m",
            "choices": [
                {"index": 0, "finish_reason": reason, "message": {"role": "assistant", "content": text}}
            ],
        }
    )


def test_a_busy_server_is_asked_again_when_it_says(scripted: str) -> None:
    busy = [(429, {"Retry-After": "0.4"}, "{}"), (503, {"Retry-After": "0.1"}, "{}")]
    Scripted.answers = [*busy, (200, {}, said("B"))]
    assert ServerClient(model="m", url=scripted).complete("?") == "B"
    first, second, _ = Scripted.seen
    assert second - first >= 0.35, "not before it is time"


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (200, "<html>", "OpenAI|answer|Error"),
        (200, "{}", "no text"),
        (200, said(None), "no text"),
        (200, said("  "), "no text"),
        (200, '{"choices": []}', "no text"),
        (200, '{"choices": [{}]}', "no text"),
        (200, '{"choices": [null]}', "no text"),
        (200, '{"choices": [[]]}', "no text"),
        (200, '{"choices": [{"message": null}]}', "no text"),
        (200, '{"choices": [{"message": "hi"}]}', "no text"),
        (200, '{"choices": [{"message": {"content": ["hi"]}}]}', "no text"),
        (200, '{"choices": "abc"}', "no text"),
        (200, '{"choices": {"a": 1}}', "no text"),
        (200, '{"choices": 1}', "no text"),
        (200, "[]", "no text"),
        (200, said("<think>is it B? or"), "no text"),
        (200, said("<think>it is B</think> \n"), "no text"),
        (401, '{"error": {"message": "bad key"}}', "bad key"),
        (500, "{}", "InternalServerError"),
    ],
)
def test_a_malformed_answer_is_no_answer(scripted: str, status: int, body: str, message: str) -> None:
    Scripted.answers = [(status, {}, body)]
    with pytest.raises(LlmError, match=message):
        ServerClient(model="m", url=scripted, max_retries=0).complete("?")


def test_a_server_that_never_answers_is_left(scripted: str) -> None:
    Scripted.answers = [(0, {}, "2")]
    with pytest.raises(LlmError, match="Timeout"):
        ServerClient(model="m", url=scripted, timeout_seconds=0.3, max_retries=0).complete("?")


def test_a_server_that_is_gone_is_left_alone(scripted: str) -> None:
    """One that answers in between, be it with a refusal, is there."""
    quick = ServerClient(model="m", url=scripted, timeout_seconds=0.1, max_retries=0)
    client = PatientClient(quick, max_unreached=2)
    late, refused = (0, {}, "0.2"), (500, {}, "{}")
    Scripted.answers = [late, refused, late, (200, {}, said("B")), late, late]
    for message in ("Timeout", "500", "Timeout", None, "Timeout", "Timeout"):
        if message is None:
            assert client.complete("?") == "B"
        else:
            with pytest.raises(LlmError, match=message):
                client.complete("?")
    for _ in range(2):
        with pytest.raises(LlmError, match="not asked, for it was not reached 2 times in a row"):
            client.complete("?")
    assert len(Scripted.seen) == 6
    assert isinstance(open_client("server:m", url=scripted), PatientClient)


def test_a_server_that_is_not_there_is_left_alone() -> None:
    nowhere = ServerClient(model="m", url=f"http://127.0.0.1:{free_port()}/v1", max_retries=0)
    client = PatientClient(nowhere)
    for message in (*["Connection"] * MAX_UNREACHED, "not asked"):
        with pytest.raises(LlmError, match=message):
            client.complete("?")


def test_an_answer_that_is_cut_is_told_and_kept(scripted: str, tmp_path: Path) -> None:
    Scripted.answers = [(200, {}, said("B, because", "length")), (200, {}, said("<think>B or", "length"))]
    record = tmp_path / "record.jsonl"
    server = ServerClient(model="m", url=scripted, max_tokens=3)
    for asked in (server, None):
        client = RecordedClient(record, asked)
        for prompt, text in (("?", "B, because"), ("??", "")):
            with pytest.raises(CutError, match="cut at 3 tokens") as told:
                client.complete(prompt)
            assert told.value.text == text
    assert len(Scripted.seen) == 2


def test_a_model_here_that_does_not_end_is_cut(tmp_path: Path) -> None:
    endless = LocalClient(str(make_llm(tmp_path, ends=None)), max_tokens=4)
    with pytest.raises(CutError, match="cut at 4 tokens"):
        endless.complete("What does C do?")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("<think>C or B?</think>\n\nB", "B"),
        ("C or B?\n</think>\n\nB", "B"),
        ("<think>C?</think> B <think>or D?\n</think>", "B"),
        ("B <think>or", ""),
        (" think > B ", "think > B"),
    ],
)
def test_thoughts_are_no_answer(text: str, left: str) -> None:
    assert without_thoughts(text) == left


def test_without_a_key_openai_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ConfigError, match="OPENAI_API_KEY"):
        ServerClient(model="gpt").complete("?")
    with pytest.raises(ConfigError, match="OPENAI_API_KEY"):
        open_client("server:gpt")


def test_a_prompt_that_is_too_long_is_told(model_dir: Path) -> None:
    with pytest.raises(LlmError, match="do not fit into its 4096 positions"):
        LocalClient(str(model_dir)).complete("What does C do? " * 1000)


class Counts:
    """A model that counts its answers."""

    name = "counts"

    def __init__(self) -> None:
        self.number = 0

    def complete(self, prompt: str) -> str:
        self.number += 1
        return f"{prompt} {self.number}"


def test_a_record_is_asked_before_the_model(tmp_path: Path) -> None:
    path, model = tmp_path / "answers" / "record.jsonl", Counts()
    client = RecordedClient(path, model)
    assert [client.complete(one) for one in ("a", "b", "a")] == ["a 1", "b 2", "a 1"]
    with path.open("a") as file:
        file.write('{"prompt_sha')  # a run was killed here
    replay = RecordedClient(path)
    assert [replay.complete(one) for one in ("b", "a")] == ["b 2", "a 1"]
    with pytest.raises(LlmError, match="has no answer to a prompt that begins 'c'"):
        replay.complete("c")
    path.write_text("nothing\n" + path.read_text())
    with pytest.raises(LlmError, match="is no record of answers"):
        RecordedClient(path)
    with pytest.raises(LlmError, match="is no record of answers"):
        RecordedClient(tmp_path / "none.jsonl")


def test_a_record_that_was_cut_off_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    RecordedClient(path, Counts()).complete("a")
    path.write_text(path.read_text() + '{"prompt')
    RecordedClient(path, Counts()).complete("b")
    assert RecordedClient(path).complete("b") == "b 1"
    assert RecordedClient(path).complete("a") == "a 1"


def test_a_record_of_another_model_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    RecordedClient(path, Counts()).complete("a")
    with pytest.raises(LlmError, match="is a record of counts, not of another"):
        RecordedClient(path, ServerClient(model="another"))
    assert RecordedClient(path).complete("a") == "a 1"


def test_what_is_no_record_is_told(tmp_path: Path) -> None:
    """Neither a folder, nor a file's inside, nor a record of other things."""
    for path in (tmp_path, tmp_path / "file" / "record.jsonl"):
        (tmp_path / "file").touch()
        for client in (None, Counts()):
            with pytest.raises(LlmError, match="is no record of answers"):
                RecordedClient(path, client)
    other = tmp_path / "other.jsonl"
    other.write_text('{"model": "counts"}\n{"number": 1}\n')
    with pytest.raises(LlmError, match="a line has no 'prompt_sha256'"):
        RecordedClient(other, Counts())
    assert RecordedClient(tmp_path / "new" / "record.jsonl", Counts()).complete("a") == "a 1"


def test_half_of_a_surrogate_pair_is_asked_all_the_same(model_dir: Path, scripted: str) -> None:
    Scripted.answers = [(200, {}, said("B"))]
    assert ServerClient(model="m", url=scripted).complete("what is \ud800?") == "B"
    local = LocalClient(str(model_dir), max_tokens=64)
    assert local.complete("what is \ud800?") == local.complete("what is \\ud800?")


@pytest.mark.parametrize("source", ["gpt", "server:", "local:", "record", ""])
def test_a_language_model_is_named_as_it_is_reached(source: str) -> None:
    with pytest.raises(ConfigError, match="server:NAME"):
        open_client(source)


def test_what_is_no_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(LlmError, match=str(tmp_path)):
        open_client(f"local:{tmp_path}")
