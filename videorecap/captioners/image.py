"""An image captioner that is shown one frame of each clip: BLIP2, the paper's zero-shot baseline of Table 2a.

Source: Video ReCap, section 5, "BLIP2". The paper does not say which frame its captioner is shown, nor with
which words; here it is the one in the middle, and none unless the configuration has some.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import torch
from safetensors import SafetensorError

from videorecap.captioners.base import CaptionRequest, Written
from videorecap.errors import CheckpointError, ConfigError

if TYPE_CHECKING:
    from transformers import Blip2Config, Blip2ForConditionalGeneration, Blip2Processor

ADVICE: Final = (
    "give its directory, as `hf download Salesforce/blip2-flan-t5-xl` makes one, or its name on the hub"
)
REASON_LENGTH: Final = 160  # characters of another package's message
START_TOKENS: Final = 1  # that ``Level.max_tokens`` counts, and ``transformers`` does not


@dataclass(frozen=True, eq=False)
class ImageCaptioner:
    """Captions pictures, greedily.

    Attributes:
        name: of the model, for messages.
        model: in evaluation mode.
        processor: pictures and words to its inputs; it resizes pictures itself.
        prompt: words that captions go on from, which are no part of them; None for none.
    """

    name: str
    model: Blip2ForConditionalGeneration
    processor: Blip2Processor
    prompt: str | None = None

    @torch.inference_mode()
    def write(self, requests: Sequence[CaptionRequest]) -> list[Written]:
        """Caption requests of one level, all at once; one of which nothing is said fails by itself."""
        pictures = [request.picture for request in requests if request.picture is not None]
        if len(pictures) < len(requests):
            raise ConfigError(f"{self.name} captions pictures, but a request has none")
        words = None if self.prompt is None else [self.prompt] * len(pictures)
        inputs = self.processor(images=pictures, text=words, return_tensors="pt")
        ids = self.model.generate(
            **inputs.to(self.model.device, self.model.dtype),
            max_new_tokens=requests[0].level.max_tokens - START_TOKENS,
            do_sample=False,
            num_beams=1,
        )
        says_again = words is not None and not self.model.language_model.config.is_encoder_decoder
        start = inputs["input_ids"].shape[1] if says_again else 0
        texts = self.processor.tokenizer.batch_decode(ids[:, start:], skip_special_tokens=True)
        return [self._written(text) for text in texts]

    def _written(self, text: str) -> Written:
        line = " ".join(text.split())
        return Written(line) if line else Written("", failure=f"{self.name} wrote nothing")


def load_image_captioner(source: str, *, prompt: str | None, device: torch.device) -> ImageCaptioner:
    """A BLIP2 of ``transformers``.

    Args:
        source: its directory, or its name on the hub.
        prompt: as ``ImageCaptioner`` has it.
        device: where it works.

    Raises:
        CheckpointError: if it cannot be loaded, or is no BLIP2.
        ConfigError: if ``transformers`` is not installed.
    """
    config, model, processor = _load(source, device)
    if config.image_token_index is None:
        raise CheckpointError(f"{source}: is too old a copy, without image_token_index; {ADVICE}")
    processor.num_query_tokens = config.num_query_tokens  # older copies do not say, and prompts need it
    if prompt is None and config.get_text_config().bos_token_id is None:
        prompt = ""  # what the model is given without words begins with that token
    return ImageCaptioner(source, model, processor, prompt)


def blip2_config(source: str) -> Blip2Config:
    """The configuration of a BLIP2, without its weights.

    Args:
        source: its directory, or its name on the hub.

    Raises:
        CheckpointError: if it cannot be had, or is no BLIP2's.
        ConfigError: if ``transformers`` is not installed.
    """
    try:
        from transformers import AutoConfig, Blip2Config
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"captioning pictures needs {error.name}, which is not installed: pip install 'videorecap[llm]'"
        ) from None
    try:
        config = AutoConfig.from_pretrained(source)
    except (OSError, ValueError) as error:
        raise _unloadable(source, error) from None
    if not isinstance(config, Blip2Config):
        raise CheckpointError(f"{source}: is a {config.model_type}, not a BLIP2")
    return config


def _unloadable(source: str, error: Exception) -> CheckpointError:
    reason = " ".join(str(error).split())[:REASON_LENGTH]
    return CheckpointError(f"cannot load a BLIP2 from {source} ({reason}); {ADVICE}")


def _load(
    source: str, device: torch.device
) -> tuple[Blip2Config, Blip2ForConditionalGeneration, Blip2Processor]:
    """What a directory holds, every weight of it."""
    config = blip2_config(source)
    from transformers import AutoProcessor, Blip2ForConditionalGeneration

    try:
        loaded: Any = Blip2ForConditionalGeneration.from_pretrained(source, output_loading_info=True)
        processor: Any = AutoProcessor.from_pretrained(source)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        raise _unloadable(source, error) from None
    model, report = loaded
    if missing := sorted(report["missing_keys"]):
        raise CheckpointError(f"{source}: {len(missing)} weights are missing, of which one is {missing[0]}")
    return config, model.eval().requires_grad_(False).to(device), processor
