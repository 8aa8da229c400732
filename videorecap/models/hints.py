"""What the weights of a file do not tell, from the configurations of language models, here or on the hub."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

from huggingface_hub import hf_hub_download
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

from videorecap.errors import CheckpointError

MODEL_FILE: Final = "config.json"
SECTION_OF_MODEL: Final = {"gpt2": "gpt2", "bert": "bert", "distilbert": "bert"}
BERT_HEADS: Final = ("num_attention_heads", "n_heads")
GPT2_HEADS: Final = "n_head"
# Short names that the authors' options use, and where the hub keeps those models.
HUB_NAMES: Final = {
    **{name: f"openai-community/{name}" for name in ("gpt2", "gpt2-medium", "gpt2-large", "gpt2-xl")},
    **{name: f"distilbert/{name}" for name in ("distilgpt2", "distilbert-base-uncased")},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What a file may not tell; None leaves it to the model's configuration or its usual size.

    Attributes:
        encoder_heads: attention heads of the video encoder.
        alignment_heads: of a language-model alignment.
        decoder_heads: of the text decoder.
        text_tower_heads: of a dual encoder's text half.
        end_token: id that starts and ends a caption; the last of the vocabulary if nothing says otherwise.
        level: "clip", "segment" or "summary" (the authors' "video"): what a file is for whose options do not
            say it.
    """

    encoder_heads: int | None = None
    alignment_heads: int | None = None
    decoder_heads: int | None = None
    text_tower_heads: int | None = None
    end_token: int | None = None
    level: str | None = None

    def or_else(self, other: Hints) -> Hints:
        """These hints, and the other's where these have none."""
        return Hints(
            **{
                field.name: getattr(other if getattr(self, field.name) is None else self, field.name)
                for field in fields(self)
            }
        )


def find_hints(name: str) -> Hints:
    """Hints from a file or directory here, or else from a model on the hub.

    Args:
        name: a path for ``read_hints``, or "owner/name" on the hub.

    Raises:
        CheckpointError: if it is neither, or tells nothing.
    """
    if is_local(name):
        return read_hints(Path(name))
    return read_hints(_fetch_config(name, "--language-models with a file or directory that is here"))


def read_hints(path: Path) -> Hints:
    """Hints from the configuration of language models.

    Args:
        path: a ``config.json`` of GPT-2, BERT or DistilBERT as the model hub has it, a directory with one,
            or one JSON file with such configurations under "gpt2" and "bert", and under "vision" and
            "text" an encoder's and a text tower's "num_heads".

    Raises:
        CheckpointError: if it is not such a file, or tells nothing.
    """
    file = path / MODEL_FILE if path.is_dir() else path
    sections = _sections(_read(file), file)
    hints = Hints(
        encoder_heads=_number(file, sections, "vision", "num_heads"),
        alignment_heads=_number(file, sections, "bert", *BERT_HEADS),
        decoder_heads=_number(file, sections, "gpt2", GPT2_HEADS),
        text_tower_heads=_number(file, sections, "text", "num_heads"),
        end_token=_number(file, sections, "gpt2", "eos_token_id", least=0),
    )
    if hints == Hints():
        raise CheckpointError(
            f"{file}: tells no number of heads; it needs {GPT2_HEADS} of a GPT-2, {BERT_HEADS[0]} of a BERT, "
            "or sections named vision, bert, gpt2 or text"
        )
    return hints


def fetch_decoder_hints(name: str, width: int) -> Hints:
    """Hints from the hub's configuration of a decoder.

    Args:
        name: of the GPT-2, as a file's options or the hub have it.
        width: of the decoder in the file.

    Raises:
        CheckpointError: if the hub does not give it, or it is of another width.
    """
    file = _fetch_config(name, "--decoder-heads")
    found = _read(file).get("n_embd", width)
    if found != width:
        raise CheckpointError(
            f"{hub_name(name)!r} has width {found}, but the decoder of the file {width}, so its number of "
            "heads is unknown; give --decoder-heads"
        )
    return read_hints(file)


def is_local(name: str) -> bool:
    """Whether a name is a path: something is there, or it could be nothing else."""
    path = Path(name)
    return path.exists() or path.is_absolute() or path.suffix == ".json" or name.count("/") > 1


def hub_name(name: str) -> str:
    """A model's name on the hub, from a short name or from a path on a machine that is not this one."""
    is_path = name.startswith(("/", ".")) or name.count("/") > 1
    short = name.rstrip("/").rpartition("/")[2] if is_path else name
    return HUB_NAMES.get(short, name)


def _fetch_config(name: str, remedy: str) -> Path:
    """The configuration of a model on the hub, in the hub's local cache."""
    try:
        return Path(hf_hub_download(hub_name(name), MODEL_FILE))
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise CheckpointError(
            f"{hub_name(name)!r}: nothing here has that name, and the hub did not give its {MODEL_FILE} "
            f"({reason}); give {remedy}"
        ) from None


def _read(file: Path) -> dict[str, object]:
    try:
        content = json.loads(file.read_bytes())
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{file}: not the configuration of a language model ({error})") from None
    if not isinstance(content, dict):
        raise CheckpointError(f"{file}: not the configuration of a language model")
    return content


def _sections(content: Mapping[str, object], file: Path) -> Mapping[str, object]:
    """Configurations by the kind of model; one that is alone is known by its type, or by what it tells."""
    kind = content.get("model_type")
    if kind is None and GPT2_HEADS in content:
        kind = "gpt2"
    if kind is None and any(name in content for name in BERT_HEADS):
        kind = "bert"
    if kind is None:
        return content
    if not isinstance(kind, str) or kind not in SECTION_OF_MODEL:
        raise CheckpointError(f"{file}: configures a {kind!r}; expected one of {', '.join(SECTION_OF_MODEL)}")
    return {SECTION_OF_MODEL[kind]: content}


def _number(
    file: Path, sections: Mapping[str, object], section: str, *names: str, least: int = 1
) -> int | None:
    values = sections.get(section)
    if not isinstance(values, Mapping):
        return None
    for name in names:
        value = values.get(name)
        if value is None:
            continue
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise CheckpointError(f"{file}: {name} is {value!r}, not a whole number of at least {least}")
        return value
    return None
