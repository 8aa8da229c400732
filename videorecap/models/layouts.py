"""Names in the authors' files and in ours: the only place that knows both.

Every function lists one part of a checkpoint as entries, given that part's configuration. Most lists start
at the part itself; ``moved`` puts them under the prefixes that a file and a module give it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from videorecap.config import AlignmentConfig, DecoderConfig, TextTowerConfig, VideoEncoderConfig
from videorecap.models.text_decoder import MLP_RATIO

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One official tensor and what becomes of it.

    Attributes:
        official: its name in the authors' file.
        ours: its name in our module; None if it is checked, or not even that, and dropped.
        shape: its shape in the authors' file; None if any will do.
        is_transposed: stored [in, out], as GPT-2's projections are.
        our_shape: its shape in our module, where axes of length 1 are added or left out.
        is_optional: whether a file may lack it.
        is_zero: must hold only zeros.
        same_as: the official tensor that it must equal.
    """

    official: str
    ours: str | None
    shape: Shape | None
    is_transposed: bool = False
    our_shape: Shape | None = None
    is_optional: bool = False
    is_zero: bool = False
    same_as: str | None = None


Entries = Iterator[Entry]


def moved(entries: Iterable[Entry], official_prefix: str, our_prefix: str) -> Entries:
    """The same entries under a prefix on each side."""
    for entry in entries:
        yield replace(
            entry,
            official=official_prefix + entry.official,
            ours=None if entry.ours is None else our_prefix + entry.ours,
            same_as=None if entry.same_as is None else official_prefix + entry.same_as,
        )


def copies(entries: Iterable[Entry], original_prefix: str, copy_prefix: str) -> Entries:
    """A second storage of the same tensors under another prefix, as a shared alignment has."""
    for entry in entries:
        rest = entry.official.removeprefix(original_prefix)
        same_as = None if entry.ours is None else entry.official
        yield replace(entry, official=copy_prefix + rest, ours=None, same_as=same_as, is_optional=True)


def encoder_entries(config: VideoEncoderConfig) -> Entries:
    """The TimeSformer: "vision_model." in Video ReCap, "visual." in LaViLa."""
    width, patch = config.width, config.patch_size
    num_patches = (config.image_size // patch) ** 2
    for theirs, ours, num_rows in (
        ("cls_token", "cls_token", 1),
        ("pos_embed", "positions", 1 + num_patches),
        ("temporal_embed", "frame_positions", config.num_frames),
    ):
        yield Entry(theirs, ours, (1, num_rows, width), our_shape=(num_rows, width))
    yield Entry("patch_embed.proj.weight", "patch_embedding.weight", (width, 3, patch, patch))
    yield from _norm("ln_pre", "input_norm", width)
    yield from _norm("norm", "norm", width)
    for i in range(config.num_layers):
        theirs, ours = f"blocks.{i}.", f"blocks.{i}."
        for attention, name in (("timeattn", "time_attention"), ("attn", "space_attention")):
            yield from _linear(f"{theirs}{attention}.qkv", f"{ours}{name}.qkv", 3 * width, width)
            yield from _linear(f"{theirs}{attention}.proj", f"{ours}{name}.out", width, width)
        yield from _linear(f"{theirs}mlp.fc1", f"{ours}mlp.inner", config.mlp_width, width)
        yield from _linear(f"{theirs}mlp.fc2", f"{ours}mlp.outer", width, config.mlp_width)
        for norm, name in (("norm3", "time_norm"), ("norm1", "space_norm"), ("norm2", "mlp_norm")):
            yield from _norm(theirs + norm, ours + name, width)
        if config.has_time_gates:
            yield Entry(f"{theirs}alpha_timeattn", f"{ours}time_gate", ())


def lm_entries(config: AlignmentConfig) -> Entries:
    """The language-model alignment ("qformer").

    Its files also hold a masked-language-model head, word and position tables, and a text feed-forward in
    every layer: none of them reaches any output, so they are accepted and dropped.
    """
    width, context = config.width, config.context_width
    yield from _norm("bert.embeddings.LayerNorm", "norm", width)
    for i in range(config.num_layers):
        theirs, ours = f"bert.encoder.layer.{i}.", f"layers.{i}."
        yield from _bert_attention(f"{theirs}attention.", f"{ours}self_attention.", width, width)
        if i % config.cross_every == 0:
            yield from _bert_attention(f"{theirs}crossattention.", f"{ours}cross_attention.", width, context)
        yield from _linear(f"{theirs}intermediate_query.dense", f"{ours}mlp.inner", config.mlp_width, width)
        yield from _linear(f"{theirs}output_query.dense", f"{ours}mlp.outer", width, config.mlp_width)
        yield from _norm(f"{theirs}output_query.LayerNorm", f"{ours}mlp_norm", width)
        for layer in ("intermediate.dense", "output.dense", "output.LayerNorm"):
            yield from _dead(theirs + layer)
    yield Entry("bert.embeddings.position_ids", None, None, is_optional=True)
    yield Entry("bert.embeddings.word_embeddings.weight", None, None, is_optional=True)
    yield Entry("bert.embeddings.position_embeddings.weight", None, None, is_optional=True)
    yield Entry("cls.predictions.bias", None, None, is_optional=True)
    for layer in ("transform.dense", "transform.LayerNorm", "decoder"):
        yield from _dead(f"cls.predictions.{layer}")


def resampler_entries(config: AlignmentConfig, pool: str = "attn_pool") -> Entries:
    """The resampler ("perciever" in Video ReCap, ``pool="img_attn_pool"`` in LaViLa's narrator)."""
    inner = config.num_heads * config.head_width
    norms = (
        (f"{pool}.norm", "query_norm", config.width),
        (f"{pool}.context_norm", "context_norm", config.context_width),
        (f"{pool}_norm", "norm", config.width),
    )
    for theirs, ours, width in norms:
        yield Entry(f"{theirs}.gamma", f"{ours}.weight", (width,))
        yield Entry(f"{theirs}.beta", None, (width,), is_optional=True, is_zero=True)
    yield Entry(f"{pool}.to_q.weight", "query.weight", (inner, config.width))
    yield Entry(f"{pool}.to_kv.weight", "key_value.weight", (2 * config.head_width, config.context_width))
    yield Entry(f"{pool}.to_out.weight", "out.weight", (config.width, inner))


def decoder_entries(config: DecoderConfig, *, has_gates: bool = True) -> Entries:
    """The gated GPT-2, or with ``has_gates=False`` the plain one of the model hub."""
    width, inner = config.width, MLP_RATIO * config.width
    yield Entry("transformer.wte.weight", "token_embedding.weight", (config.vocab_size, width))
    yield Entry("transformer.wpe.weight", "position_embedding.weight", (config.num_positions, width))
    yield Entry("lm_head.weight", None, None, is_optional=True, same_as="transformer.wte.weight")
    yield from _norm("transformer.ln_f", "norm", width)
    for i in range(config.num_layers):
        theirs, ours = f"transformer.h.{i}.", f"blocks.{i}."
        yield from _norm(f"{theirs}ln_1", f"{ours}attention_norm", width)
        yield from _conv1d(f"{theirs}attn.c_attn", f"{ours}attention.qkv", 3 * width, width)
        yield from _conv1d(f"{theirs}attn.c_proj", f"{ours}attention.out", width, width)
        yield from _norm(f"{theirs}ln_2", f"{ours}mlp_norm", width)
        yield from _conv1d(f"{theirs}mlp.c_fc", f"{ours}mlp.inner", inner, width)
        yield from _conv1d(f"{theirs}mlp.c_proj", f"{ours}mlp.outer", width, inner)
        yield from _mask_buffers(f"{theirs}attn")
        if has_gates and i % config.cross_every == 0:
            yield from _gated_entries(theirs, f"{ours}gated.", config)


def _gated_entries(theirs: str, ours: str, config: DecoderConfig) -> Entries:
    width, inner = config.width, MLP_RATIO * config.width
    yield Entry(f"{theirs}alpha_cattn", f"{ours}attention_gate", ())
    yield Entry(f"{theirs}alpha_dense", f"{ours}mlp_gate", ())
    yield from _norm(f"{theirs}ln_cross_attn", f"{ours}attention_norm", width)
    yield from _norm(f"{theirs}ln_2_crossattention", f"{ours}mlp_norm", width)
    attention = f"{theirs}crossattention"
    yield from _conv1d(f"{attention}.q_attn", f"{ours}attention.query", width, width)
    yield from _conv1d(f"{attention}.c_attn", f"{ours}attention.key_value", 2 * width, config.query_width)
    yield from _conv1d(f"{attention}.c_proj", f"{ours}attention.out", width, width)
    yield from _conv1d(f"{theirs}mlp_crossattention.c_fc", f"{ours}mlp.inner", inner, width)
    yield from _conv1d(f"{theirs}mlp_crossattention.c_proj", f"{ours}mlp.outer", width, inner)
    yield from _mask_buffers(attention)


def text_tower_entries(config: TextTowerConfig, video_width: int) -> Entries:
    """LaViLa's text tower and the projections of both halves."""
    width, embed = config.width, config.embed_width
    yield Entry("positional_embedding", "positions", (config.num_positions, width))
    yield Entry("token_embedding.weight", "token_embedding.weight", (config.vocab_size, width))
    yield Entry("image_projection", "video_projection.weight", (video_width, embed), is_transposed=True)
    yield Entry("text_projection", "projection.weight", (width, embed), is_transposed=True)
    yield Entry("logit_scale", "log_scale", ())
    yield from _norm("ln_final", "norm", width)
    for i in range(config.num_layers):
        theirs, ours = f"transformer.resblocks.{i}.", f"blocks.{i}."
        yield from _clip_block(theirs, ours, "", "attention_norm", width, config.mlp_width)


def distilbert_entries(config: AlignmentConfig) -> Entries:
    """The model hub's DistilBERT; its tables and its head have no use in an alignment."""
    width = config.width
    for table in ("position_ids", "word_embeddings.weight", "position_embeddings.weight"):
        yield Entry(f"embeddings.{table}", None, None, is_optional=True)
    for layer in ("vocab_transform", "vocab_layer_norm", "vocab_projector"):
        yield from _dead(layer)
    yield from _norm("embeddings.LayerNorm", "norm", width)
    for i in range(config.num_layers):
        theirs, ours = f"transformer.layer.{i}.", f"layers.{i}."
        names = (("q_lin", "query"), ("k_lin", "key"), ("v_lin", "value"), ("out_lin", "out"))
        for layer, name in names:
            yield from _linear(f"{theirs}attention.{layer}", f"{ours}self_attention.{name}", width, width)
        yield from _norm(f"{theirs}sa_layer_norm", f"{ours}self_attention.norm", width)
        yield from _linear(f"{theirs}ffn.lin1", f"{ours}mlp.inner", config.mlp_width, width)
        yield from _linear(f"{theirs}ffn.lin2", f"{ours}mlp.outer", width, config.mlp_width)
        yield from _norm(f"{theirs}output_layer_norm", f"{ours}mlp_norm", width)


def clip_entries(config: VideoEncoderConfig) -> Entries:
    """The visual half of OpenAI's CLIP, whose attention becomes the attention over space."""
    width, patch = config.width, config.patch_size
    num_patches = (config.image_size // patch) ** 2
    yield Entry("class_embedding", "cls_token", (width,), our_shape=(1, width))
    yield Entry("positional_embedding", "positions", (1 + num_patches, width))
    yield Entry("conv1.weight", "patch_embedding.weight", (width, 3, patch, patch))
    yield Entry("proj", None, None, is_optional=True)
    yield from _norm("ln_pre", "input_norm", width)
    yield from _norm("ln_post", "norm", width)
    for i in range(config.num_layers):
        theirs, ours = f"transformer.resblocks.{i}.", f"blocks.{i}."
        yield from _clip_block(theirs, ours, "space_attention.", "space_norm", width, config.mlp_width)


def _clip_block(theirs: str, ours: str, attention: str, norm: str, width: int, mlp_width: int) -> Entries:
    yield Entry(f"{theirs}attn.in_proj_weight", f"{ours}{attention}qkv.weight", (3 * width, width))
    yield Entry(f"{theirs}attn.in_proj_bias", f"{ours}{attention}qkv.bias", (3 * width,))
    yield from _linear(f"{theirs}attn.out_proj", f"{ours}{attention}out", width, width)
    yield from _norm(f"{theirs}ln_1", ours + norm, width)
    yield from _norm(f"{theirs}ln_2", f"{ours}mlp_norm", width)
    yield from _linear(f"{theirs}mlp.c_fc", f"{ours}mlp.inner", mlp_width, width)
    yield from _linear(f"{theirs}mlp.c_proj", f"{ours}mlp.outer", width, mlp_width)


def _linear(theirs: str, ours: str, num_out: int, num_in: int) -> Entries:
    yield Entry(f"{theirs}.weight", f"{ours}.weight", (num_out, num_in))
    yield Entry(f"{theirs}.bias", f"{ours}.bias", (num_out,))


def _conv1d(theirs: str, ours: str, num_out: int, num_in: int) -> Entries:
    yield Entry(f"{theirs}.weight", f"{ours}.weight", (num_in, num_out), is_transposed=True)
    yield Entry(f"{theirs}.bias", f"{ours}.bias", (num_out,))


def _norm(theirs: str, ours: str, width: int) -> Entries:
    yield Entry(f"{theirs}.weight", f"{ours}.weight", (width,))
    yield Entry(f"{theirs}.bias", f"{ours}.bias", (width,))


def _bert_attention(theirs: str, ours: str, width: int, context_width: int) -> Entries:
    for name, num_in in (("query", width), ("key", context_width), ("value", context_width)):
        yield from _linear(f"{theirs}self.{name}", f"{ours}{name}", width, num_in)
    yield from _linear(f"{theirs}output.dense", f"{ours}out", width, width)
    yield from _norm(f"{theirs}output.LayerNorm", f"{ours}norm", width)


def _dead(theirs: str) -> Entries:
    for kind in ("weight", "bias"):
        yield Entry(f"{theirs}.{kind}", None, None, is_optional=True)


def _mask_buffers(theirs: str) -> Entries:
    """The causal mask and its filling, stored as buffers; "bias" here is no bias of a layer."""
    for kind in ("bias", "masked_bias"):
        yield Entry(f"{theirs}.{kind}", None, None, is_optional=True)
