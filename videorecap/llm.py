"""Language models that are prompted: on a server that speaks OpenAI's protocol, here, or from a record."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from videorecap.errors import ConfigError, VideoRecapError
from videorecap.outputs.journal import Journal, read_header
from videorecap.outputs.origin import without_secrets

if TYPE_CHECKING:
    import openai

KEY_VARIABLE: Final = "OPENAI_API_KEY"
NO_KEY: Final = "none"  # what servers of one's own are told
MAX_TOKENS: Final = 256
TIMEOUT_SECONDS: Final = 120.0
MAX_RETRIES: Final = 5
MAX_UNREACHED: Final = 3  # prompts in a row that a server does not answer at all, before it is left alone
CUT: Final = "length"  # what a server calls an answer that has not ended
THOUGHT: Final = re.compile(r"<think>.*?</think>", re.DOTALL)  # of models that reason aloud
THINKS: Final = "<think>"
THOUGHT_END: Final = "</think>"  # alone, where the prompt holds its beginning


class LlmError(VideoRecapError):
    """A language model did not answer."""


class UnreachedError(LlmError):
    """A server is not there, or lets one wait for too long."""


class CutError(LlmError):
    """An answer did not end within its tokens; who can use its beginning finds it here.

    Args:
        source: who answered.
        max_tokens: of an answer.
        text: what there is of it; may be empty.
    """

    def __init__(self, source: str, max_tokens: int, text: str) -> None:
        self.max_tokens = max_tokens
        self.text = text
        super().__init__(f"{source}: the answer is cut at {max_tokens} tokens")


class LlmClient(Protocol):
    """Anything that answers a prompt."""

    @property
    def name(self) -> str:
        """Which model answers, for records."""

    def complete(self, prompt: str) -> str:
        """The answer.

        Raises:
            CutError: if it did not end.
            LlmError: if there is none.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class ServerClient:
    """A model behind OpenAI's chat protocol, greedily: OpenAI, vLLM, llama.cpp, ``transformers serve``.

    A request that fails for now (429, 5xx, no connection) is sent again after the time that the server
    names, or longer each time.

    Attributes:
        model: as the server calls it.
        url: up to "/v1"; None is OpenAI's.
        max_tokens: of an answer.
        timeout_seconds: for one request.
        max_retries: of a request.
    """

    model: str
    url: str | None = None
    max_tokens: int = MAX_TOKENS
    timeout_seconds: float = TIMEOUT_SECONDS
    max_retries: int = MAX_RETRIES

    @property
    def name(self) -> str:
        """The model's."""
        return self.model

    def require_key(self) -> str:
        """What the server is told to be asked at all.

        Raises:
            ConfigError: if it wants one and there is none.
        """
        key = os.environ.get(KEY_VARIABLE, NO_KEY if self.url else "")
        if not key:
            raise ConfigError(f"OpenAI's models need a key in {KEY_VARIABLE}; or give the URL of a server")
        return key

    def complete(self, prompt: str) -> str:
        """Ask once, and again where that may help.

        Raises:
            UnreachedError: if the server was not there, or too slow.
            CutError: if the answer did not end.
            LlmError: if there is none.
        """
        import openai

        with self._open(self.max_retries) as client:
            try:
                answer = client.chat.completions.create(
                    model=self.model,
                    messages=[{"role": "user", "content": writable(prompt)}],
                    max_tokens=self.max_tokens,
                    temperature=0,
                )
            except openai.APIConnectionError as error:
                raise UnreachedError(f"{self._where}: {_reason(error)}") from None
            except (openai.OpenAIError, ValueError) as error:
                raise LlmError(f"{self._where}: {_reason(error)}") from None
        text, is_cut = _first_choice(answer)
        said = without_thoughts(text)
        if is_cut:
            raise CutError(self._where, self.max_tokens, said)
        if not said:
            raise LlmError(f"{self._where}: the answer holds no text")
        return said

    def require_ready(self) -> None:
        """See that the server is there and takes the key; nothing is asked of the model.

        Raises:
            ConfigError: if there is no key.
            LlmError: if the server is not there, or refuses the key.
        """
        import openai

        refusals = (openai.APIConnectionError, openai.AuthenticationError, openai.PermissionDeniedError)
        with self._open(0) as client:
            try:
                client.models.list()
            except refusals as error:
                raise LlmError(f"{self._where}: {_reason(error)}") from None
            except (openai.OpenAIError, ValueError):
                return  # it is there, and need not know how to list its models

    @property
    def _where(self) -> str:
        """Whose fault it is, for messages."""
        return without_secrets(self.url) if self.url else "OpenAI"

    def _open(self, max_retries: int) -> openai.OpenAI:
        import openai

        return openai.OpenAI(
            api_key=self.require_key(),
            base_url=self.url,
            timeout=self.timeout_seconds,
            max_retries=max_retries,
        )


class PatientClient:
    """Asks a server, until it cannot be reached several times in a row; then no more.

    Any answer, be it a refusal, shows that it is there.

    Args:
        server: who is asked.
        max_unreached: prompts in a row.
    """

    def __init__(self, server: ServerClient, max_unreached: int = MAX_UNREACHED) -> None:
        self.server = server
        self._max_unreached = max_unreached
        self._unreached = 0

    @property
    def name(self) -> str:
        """The model's."""
        return self.server.name

    def complete(self, prompt: str) -> str:
        """Ask the server, if it may still be there."""
        if self._unreached >= self._max_unreached:
            where = self.server.url or "the server"
            raise UnreachedError(
                f"{where}: not asked, for it was not reached {self._unreached} times in a row"
            )
        unreached, self._unreached = self._unreached + 1, 0
        try:
            return self.server.complete(prompt)
        except UnreachedError:
            self._unreached = unreached
            raise


def _first_choice(answer: object) -> tuple[str, bool]:
    """Of whatever a server sent: the text of the first choice, "" if there is none, and whether it is cut."""
    choices = getattr(answer, "choices", None)
    first = choices[0] if isinstance(choices, Sequence) and choices else None
    text = getattr(getattr(first, "message", None), "content", None)
    return text if isinstance(text, str) else "", getattr(first, "finish_reason", None) == CUT


def without_thoughts(text: str) -> str:
    """What a model that reasons aloud says in the end, stripped; "" if its thoughts have no end."""
    _, _, said = THOUGHT.sub("", text).rpartition(THOUGHT_END)
    return "" if THINKS in said else said.strip()


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"


class LocalClient:
    """A causal or encoder-decoder model of ``transformers``, greedily.

    Args:
        source: directory, or name on the hub.
        max_tokens: of an answer.
        device: where it computes.

    Raises:
        LlmError: if it cannot be loaded.
    """

    def __init__(self, source: str, *, max_tokens: int = MAX_TOKENS, device: str = "cpu") -> None:
        from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoTokenizer

        try:
            config = AutoConfig.from_pretrained(source)
            kind = AutoModelForSeq2SeqLM if config.is_encoder_decoder else AutoModelForCausalLM
            self._model = kind.from_pretrained(source).eval().to(device)
            self._tokenizer = AutoTokenizer.from_pretrained(source)
        except (OSError, ValueError) as error:
            raise LlmError(f"{source}: {_reason(error)}") from None
        self._is_causal = not config.is_encoder_decoder
        self._max_tokens = max_tokens
        self.name = source

    def complete(self, prompt: str) -> str:
        """Write up to the end token.

        Raises:
            CutError: if none came.
            LlmError: if the prompt is too long.
        """
        import torch

        text = writable(prompt)
        if self._is_causal and self._tokenizer.chat_template:
            messages = [{"role": "user", "content": text}]
            chat = self._tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
            text = str(chat)
        inputs = self._tokenizer(text, return_tensors="pt", add_special_tokens=not self._is_causal)
        inputs = inputs.to(self._model.device)
        self._require_room(inputs.input_ids.shape[1])
        with torch.inference_mode():
            written = self._model.generate(
                input_ids=inputs.input_ids,
                attention_mask=inputs.attention_mask,
                max_new_tokens=self._max_tokens,
                do_sample=False,
            )[0]
        own = written[inputs.input_ids.shape[1] if self._is_causal else 1 :]  # 1: the decoder's start
        said = without_thoughts(str(self._tokenizer.decode(own, skip_special_tokens=True)))
        if len(own) >= self._max_tokens and int(own[-1]) not in self._ends():
            raise CutError(self.name, self._max_tokens, said)
        return said

    def _ends(self) -> Sequence[int]:
        """The tokens that end an answer."""
        ends = self._model.generation_config.eos_token_id
        return ends if isinstance(ends, list) else [ends]

    def _require_room(self, num_tokens: int) -> None:
        """See that a prompt and its answer have positions.

        Raises:
            LlmError: if they have not.
        """
        room = getattr(self._model.config, "max_position_embeddings", None) if self._is_causal else None
        if room is not None and num_tokens + self._max_tokens > room:
            taken = f"a prompt of {num_tokens} tokens and an answer of {self._max_tokens}"
            raise LlmError(f"{self.name}: {taken} do not fit into its {room} positions")


class RecordedClient:
    """Answers from a record; what is not in it is asked, and recorded, if there is somebody to ask.

    Each answer is on the disk as soon as it comes: a stopped run goes on.

    Args:
        path: of the record.
        client: who is asked; None replays only.

    Raises:
        LlmError: if there is no record to replay, it is another model's, or it is damaged.
        OutputError: if it cannot be written.
    """

    def __init__(self, path: Path, client: LlmClient | None = None) -> None:
        try:
            header = read_header(path)
        except OSError as error:
            raise LlmError(f"{path}: is no record of answers ({error.strerror or error})") from None
        model = header.get("model") if header is not None else None
        if client is None and not isinstance(model, str):
            raise LlmError(f"{path}: is no record of answers")
        if client is not None and path.exists() and model != client.name:
            of = "no record of answers" if model is None else f"a record of {model}, not of {client.name}"
            raise LlmError(f"{path}: is {of}; name another file")
        self.name = client.name if client is not None else str(model)
        self._client = client
        self._journal = Journal.open(path, {"model": self.name})
        try:
            rows = self._journal.records()
            self._answers = {row["prompt_sha256"]: (str(row["answer"]), row.get("cut_at")) for row in rows}
        except KeyError as error:
            raise LlmError(f"{path}: is no record of answers; a line has no {error}") from None

    def complete(self, prompt: str) -> str:
        """The recorded answer, or a new one; one that did not end is recorded as what it is."""
        key = hashlib.sha256(prompt.encode("utf-8", "backslashreplace")).hexdigest()
        if key not in self._answers:
            if self._client is None:
                raise LlmError(f"{self._journal.path}: has no answer to a prompt that begins {prompt[:40]!r}")
            self._answers[key] = text, cut_at = _asked(self._client, prompt)
            row = {"prompt_sha256": key, "answer": text}
            self._journal.append(row if cut_at is None else {**row, "cut_at": cut_at})
        text, cut_at = self._answers[key]
        if cut_at is not None:
            raise CutError(self.name, cut_at, text)
        return text


def _asked(client: LlmClient, prompt: str) -> tuple[str, int | None]:
    """An answer, and at how many tokens it is cut, if it is."""
    try:
        return client.complete(prompt), None
    except CutError as error:
        return error.text, error.max_tokens


def writable(text: str) -> str:
    """A text without halves of surrogate pairs, which no model reads; each becomes a backslash escape."""
    return text.encode("utf-8", "backslashreplace").decode()


def open_client(
    source: str, *, url: str | None = None, record: Path | None = None, device: str = "cpu"
) -> LlmClient:
    """A language model by what the command line says.

    Args:
        source: "server:NAME", "local:DIR" (or hub name), or "record" for answers of the record alone.
        url: of the server; None is OpenAI's.
        record: of the answers; None keeps none.
        device: of a model that is loaded here.

    Raises:
        ConfigError: if it is none of these, or a server's key is missing.
        LlmError: if a model cannot be loaded.
    """
    kind, _, name = source.partition(":")
    if kind == "record" and not name and record is not None:
        return RecordedClient(record)
    if kind == "server" and name:
        server = ServerClient(model=name, url=url)
        server.require_key()  # now, so that a missing one is told before the work
        client: LlmClient = PatientClient(server)
    elif kind == "local" and name:
        client = LocalClient(name, device=device)
    else:
        known = "server:NAME, local:DIR, or record with its file"
        raise ConfigError(f"no language model {source!r}; there is {known}")
    return client if record is None else RecordedClient(record, client)
