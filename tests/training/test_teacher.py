"""The teacher: what it reads and learns, that it learns, and what it leaves on the disk."""

import argparse
import json
from dataclasses import asdict, replace
from itertools import pairwise

import pytest
import torch

from videorecap.apps.cli_teacher import add_teacher
from videorecap.data.annotations import Annotation, VideoAnnotations, write_annotations
from videorecap.data.pseudo import read_provenance, read_pseudo
from videorecap.data.pseudo_plan import Target
from videorecap.errors import CheckpointError, ConfigError, DataError
from videorecap.training.devices import make_accelerator
from videorecap.training.plan import LoopConfig
from videorecap.training.recipe import Optim
from videorecap.training.teacher import (
    Decoding,
    OwnRepeats,
    TeacherCard,
    TeacherTask,
    digest_of,
    load_teacher,
    start_teacher,
)
from videorecap.training.teacher_data import (
    ANSWER,
    IGNORED,
    PROMPTS,
    TEXT,
    TeacherBatches,
    TeacherSample,
    length_quantiles,
    samples_of,
    thinned,
)
from videorecap.training.teacher_fit import TeacherRecipe, fit_teacher
from videorecap.training.teacher_labels import write_labels
from videorecap.training.teacher_tiny import TinySize, make_tiny_teacher
from videorecap.types import Span

KINDS = ("t5", "gpt2")
SHORT = Decoding(num_beams=1, max_new_tokens=6)
THINGS = ("cup", "plate", "pot", "fork", "knife")
SIZE = TinySize(width=32, num_layers=2, num_heads=2, mlp_width=64, vocab_size=330, num_positions=128)
ENOUGH = TinySize(width=64, num_layers=2, num_heads=2, mlp_width=128, vocab_size=400, num_positions=128)


def captions_of(thing, count=2):
    done = (f"C picks up the {thing}", f"C washes the {thing}", "C looks around", f"C puts down the {thing}")
    return tuple(done[index % len(done)] for index in range(2 * count))


SAMPLES = {
    "segment": tuple(
        TeacherSample(
            video=thing,
            level="segment",
            span=Span(0, 10.0 * (index + 1)),
            captions=captions_of(thing, index + 2),
            texts=(f"C does the dishes, washing the {thing}", f"C washes the {thing} up"),
        )
        for index, thing in enumerate(THINGS)
    ),
    "summary": tuple(
        TeacherSample(
            video=thing,
            level="summary",
            span=Span(0, 99.0),
            captions=captions_of(thing, 4),
            texts=(f"C cleans a {thing}",),
        )
        for thing in THINGS
    ),
}


@pytest.fixture(scope="module", params=KINDS)
def teacher(request, tmp_path_factory):
    """A fresh model with a tokenizer of the samples' texts."""
    return make(request.param, tmp_path_factory.mktemp(request.param), SIZE)


def make(kind, folder, size):
    texts = [
        text for each in SAMPLES.values() for sample in each for text in (*sample.captions, *sample.texts)
    ]
    make_tiny_teacher(kind, [*texts, *PROMPTS.values(), ANSWER], folder, size, seed=0)
    return start_teacher(str(folder), base=f"tiny-{kind}", max_input_tokens=64, max_new_tokens=24)


def read_back(teacher, tokens):
    return teacher.tokenizer.decode(tokens, skip_special_tokens=True).strip()


@pytest.mark.parametrize("room", range(1, 12))
def test_captions_that_do_not_fit_are_thinned_out_evenly(room):
    captions = [str(number) for number in range(11)]
    kept = [int(text) for text in thinned(captions, [3] * 11, 3 * room + 2)]
    assert len(kept) == room
    if room > 1:
        assert (kept[0], kept[-1]) == (0, 10)
        steps = [after - before for before, after in pairwise(kept)]
        assert max(steps) - min(steps) <= 1


def test_a_prompt_fits_the_model_and_keeps_both_ends_of_the_span(teacher):
    captions = [f"C washes the {THINGS[number % 5]}" for number in range(40)]
    captions[0], captions[-1] = "C picks up the cup", "C puts down the fork"
    tokens = teacher.coder.prompt("segment", captions)
    assert 0.7 * teacher.coder.max_input_tokens < len(tokens) <= teacher.coder.max_input_tokens
    text = read_back(teacher, tokens)
    assert text.startswith("describe: C picks up the cup. C washes")
    assert text.endswith("C puts down the fork.")
    assert (
        read_back(teacher, teacher.coder.prompt("summary", captions[:1])) == "summarize: C picks up the cup."
    )
    endless = teacher.coder.prompt("segment", ["cup " * 500])
    assert len(endless) == teacher.coder.max_input_tokens
    with pytest.raises(ConfigError, match="segment, summary, not 'clip'"):
        teacher.coder.prompt("clip", captions)


def test_a_step_is_the_same_in_any_number_of_parts(teacher):
    batches = TeacherBatches(SAMPLES, teacher.coder, batch_size=6, seed=3)
    for step in range(7):
        whole, parts = batches(step, 0, 1), [batches(step, part, 3) for part in range(3)]
        assert sorted(whole.samples) == sorted(name for part in parts for name in part.samples)
        assert whole.counts[TEXT] == sum(part.counts[TEXT] for part in parts)
        assert {part.name for part in parts} == {whole.name}
        assert whole.counts[TEXT] == (whole.labels != IGNORED).sum()
        again = TeacherBatches(SAMPLES, teacher.coder, batch_size=6, seed=3)(step, 0, 1)
        assert torch.equal(whole.labels, again.labels)


def test_all_samples_come_before_one_comes_again(teacher):
    batches = TeacherBatches(SAMPLES, teacher.coder, batch_size=5, seed=0)
    names = [batches(step, 0, 1) for step in range(6)]
    assert [batch.name for batch in names] == ["segment", "summary"] * 3
    orders = [batch.samples for batch in names if batch.name == "segment"]
    assert {len(set(order)) for order in orders} == {5}
    assert len(set(orders)) > 1


def test_padding_neither_adds_nor_hides_loss(teacher):
    task = TeacherTask(teacher)
    batches = TeacherBatches(SAMPLES, teacher.coder, batch_size=5, seed=0)
    with torch.no_grad():
        whole = task(batches(0, 0, 1))[TEXT]
        alone = [task(batches(0, part, 5))[TEXT] for part in range(5)]
    assert whole > 0
    torch.testing.assert_close(whole, torch.stack(alone).sum(), rtol=1e-5, atol=1e-4)


def test_what_is_learnt_is_what_is_written(teacher):
    """The loss of a text, written token by token by the model itself, is that of its best choices."""
    captions = SAMPLES["segment"][0].captions
    prompt = torch.tensor([teacher.coder.prompt("segment", captions)])
    (text,) = teacher.write("segment", [captions], Decoding(num_beams=1, max_new_tokens=1, no_repeat_ngram=0))
    with torch.no_grad():
        if teacher.coder.answer is None:
            start = torch.tensor([[teacher.model.config.decoder_start_token_id]])
            logits = teacher.model(input_ids=prompt, decoder_input_ids=start).logits
        else:
            logits = teacher.model(input_ids=prompt).logits
    assert text == teacher.coder.text([int(logits[0, -1].argmax())])


def test_spans_written_together_are_as_if_alone(teacher):
    captions = [sample.captions for sample in SAMPLES["segment"]]
    together = teacher.write("segment", captions, SHORT)
    assert together == [teacher.write("segment", [each], SHORT)[0] for each in captions]


def test_what_was_read_may_be_written_again():
    tokens, scores = torch.tensor([[1, 2, 3, 1, 2]]), torch.zeros(1, 5)
    assert OwnRepeats(3, num_given=0)(tokens, scores).isinf().tolist() == [[False, False, False, True, False]]
    assert OwnRepeats(3, num_given=3)(tokens, scores).isfinite().all()


def test_a_saved_teacher_writes_the_same(teacher, tmp_path):
    teacher.card = replace(teacher.card, trained_on={"steps": 0}, segment_seconds=(1.0, 2.5))
    teacher.save(tmp_path)
    loaded = load_teacher(tmp_path)
    assert loaded.card == teacher.card
    captions = [sample.captions for sample in SAMPLES["segment"]]
    assert loaded.write("segment", captions, SHORT) == teacher.write("segment", captions, SHORT)
    assert not [path.name for path in tmp_path.iterdir() if path.suffix in (".bin", ".pt", ".pkl")]
    digest = loaded.digest
    (tmp_path / "teacher.json").write_text(json.dumps({"schema_version": 1, "base": "x"}))
    with pytest.raises(CheckpointError, match=r"teacher\.json.*no field"):
        load_teacher(tmp_path)
    teacher.card = replace(teacher.card, trained_on={"steps": 1})
    teacher.save(tmp_path)
    assert load_teacher(tmp_path).digest != digest


def test_a_tiny_teacher_is_the_same_each_time(tmp_path):
    again = [make("gpt2", tmp_path / name, SIZE) for name in "ab"]
    assert len({digest_of(tmp_path / name) for name in "ab"}) == 1
    assert len(again[0].tokenizer) == SIZE.vocab_size


def test_a_model_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CheckpointError, match="teacher train"):
        load_teacher(tmp_path)
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(CheckpointError, match="no local directory of a model"):
        start_teacher(str(tmp_path), base="none")


def test_only_training_videos_with_captions_inside_teach():
    clips = tuple(
        Annotation(level="clip", span=Span(at, at + 4), texts=(f"C lifts {at}",)) for at in (0, 4, 8)
    )
    minutes = Annotation(level="segment", span=Span(0, 8), texts=("C lifts",))
    bare = Annotation(level="segment", span=Span(8, 12), texts=("C lifts",))
    day = Annotation(level="summary", span=Span(0, 12), texts=("C lifts",))
    seen = VideoAnnotations(
        video="a", duration_seconds=12, split="train", captions=(*clips, minutes, bare, day)
    )
    found = samples_of([seen, replace(seen, video="b", split="test"), replace(seen, video="c", split="val")])
    assert [(s.video, s.span, s.captions) for s in found["segment"]] == [
        ("a", Span(0, 8), ("C lifts 0", "C lifts 4"))
    ]
    assert [sample.video for sample in found["summary"]] == ["a"]
    asked = replace(seen, video="d", source="whole")
    kept = samples_of([seen, replace(seen, video="e"), asked], frozenset({"e", "whole"}))
    assert [sample.video for sample in kept["segment"]] == ["a"], "others are kept for evaluation"
    with pytest.raises(DataError, match="no segment of a training video"):
        samples_of([replace(seen, split="val")])


def test_lengths_that_were_learnt_are_told_as_quantiles():
    quantiles = length_quantiles(SAMPLES["segment"])
    assert (quantiles[0], quantiles[10], quantiles[-1]) == (10.0, 30.0, 50.0)
    assert list(quantiles) == sorted(quantiles)


class Writer:
    """In place of a model: what it writes depends on what it reads; it may be killed after some batches."""

    digest = "0" * 64
    card = TeacherCard(
        base="w",
        prompts=PROMPTS,
        answer=None,
        max_input_tokens=9,
        max_new_tokens=9,
        trained_on={"data": "none"},
    )

    def __init__(self, lives=99):
        self.calls = []
        self.lives = lives

    def write(self, level, captions, decoding):
        if len(self.calls) == self.lives:
            raise KeyboardInterrupt
        self.calls.append(level)
        return ["" if "C rests" in each else f"C does {len(each)}, {each[0]} é" for each in captions]


PLAN = (
    *(Target(video="a", level="segment", span=Span(i, i + 9.5), captions=(f"C cuts {i}",)) for i in range(7)),
    Target(video="a", level="segment", span=Span(20, 22), captions=("C rests",)),
    *(Target(video=v, level="summary", span=Span(0, 50), captions=(v, "C eats")) for v in "abc"),
)
BY_THREES = Decoding(batch_size=3)


@pytest.mark.parametrize("lives", range(5))
def test_labelling_that_was_killed_ends_with_the_same_bytes(tmp_path, lives):
    def label(writer, name):
        return write_labels(writer, PLAN, tmp_path / name, decoding=BY_THREES, seed=1)

    count = label(Writer(), "whole.jsonl")
    assert (count.num_written, count.num_empty) == (10, 1)
    killed, heir = Writer(lives), Writer()
    if lives < 4:
        with pytest.raises(KeyboardInterrupt):
            label(killed, "killed.jsonl")
        assert not (tmp_path / "killed.jsonl").exists()
        with (tmp_path / "killed.partial.jsonl").open("ab") as journal:
            journal.write(b'{"texts": ["C do')
    assert label(heir, "killed.jsonl") == count
    assert killed.calls + heir.calls == ["segment"] * 3 + ["summary"]
    assert (tmp_path / "killed.jsonl").read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["killed.jsonl", "whole.jsonl"]
    again = Writer()
    assert label(again, "killed.jsonl") == count
    assert again.calls == []


def test_labels_tell_their_making_and_are_not_overwritten(tmp_path):
    path = tmp_path / "p.jsonl"
    write_labels(Writer(), PLAN, path, decoding=BY_THREES, seed=1)
    told = read_provenance(path)
    assert (told.teacher, told.digest, told.trained_on, told.seed) == ("w", "0" * 64, {"data": "none"}, 1)
    assert told.prompts == PROMPTS
    assert told.decoding == asdict(BY_THREES)
    labels = list(read_pseudo(path))
    assert labels[0] == (
        "a",
        Annotation(level="segment", span=Span(0, 9.5), texts=("C does 1, C cuts 0 é",)),
    )
    assert [name for name, _ in labels] == ["a"] * 7 + ["a", "b", "c"]
    with pytest.raises(ConfigError, match=r"labels are written to a \.jsonl file"):
        write_labels(Writer(), PLAN, tmp_path / "p.json", decoding=BY_THREES, seed=1)
    with pytest.raises(ConfigError, match="give another file"):
        write_labels(Writer(), PLAN[1:], path, decoding=BY_THREES, seed=1)


def test_a_journal_of_other_work_is_not_continued(tmp_path):
    path = tmp_path / "p.jsonl"
    with pytest.raises(KeyboardInterrupt):
        write_labels(Writer(2), PLAN, path, decoding=BY_THREES, seed=1)
    other = Writer()
    write_labels(other, PLAN[1:], path, decoding=BY_THREES, seed=1)
    assert len(other.calls) == 4


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_teacher_over_fits_its_samples_to_exact_text(kind, tmp_path):
    samples = {level: tuple(replace(s, texts=s.texts[:1]) for s in each) for level, each in SAMPLES.items()}
    recipe = TeacherRecipe(
        model=f"tiny-{kind}",
        steps=120,
        batch_size=5,
        optim=Optim(learning_rate=3e-3, first_rate=0.0, final_rate=1e-4, warmup_steps=10),
        max_input_tokens=96,
        max_new_tokens=24,
        size=ENOUGH,
    )

    def fit(folder, recipe):
        accelerator = make_accelerator("fp32", cpu=True)
        return fit_teacher(recipe, samples, folder, accelerator=accelerator, loop=LoopConfig())

    teacher = fit(tmp_path / "teacher", recipe)
    for level, each in samples.items():
        written = teacher.write(level, [sample.captions for sample in each], Decoding())
        assert written == [sample.texts[0] for sample in each]
    assert teacher.card.trained_on["samples"] == {"segment": 5, "summary": 5}
    assert not (tmp_path / "teacher" / "training" / "checkpoints").exists()
    assert fit(tmp_path / "teacher", recipe).digest == teacher.digest
    with pytest.raises(ConfigError, match="another training"):
        fit(tmp_path / "teacher", replace(recipe, steps=5))


@pytest.mark.slow
def test_the_commands_train_label_and_do_nothing_twice(tmp_path, capsys):
    videos = [
        VideoAnnotations(
            video=thing,
            split=split,
            duration_seconds=60.0,
            captions=(
                *(
                    Annotation(level="clip", span=Span(4 * at, 4 * at + 4), texts=(text,))
                    for at, text in enumerate(captions_of(thing, 7))
                ),
                *(
                    Annotation(level="segment", span=Span(at, at + 20), texts=("C washes up",))
                    for at in (0, 30)
                ),
                *((Annotation(level="summary", span=Span(0, 60), texts=("C washes",)),) * (thing == "cup")),
            ),
        )
        for thing, split in zip(THINGS, ("train", "train", "train", "test", "val"), strict=True)
    ]
    data, teacher, labels = tmp_path / "data", tmp_path / "teacher", tmp_path / "labels.jsonl"
    write_annotations(data, videos)

    def run(*arguments):
        parser = argparse.ArgumentParser()
        add_teacher(parser, argparse.ArgumentParser(add_help=False))
        options = parser.parse_args([*map(str, arguments), "--data", str(data)])
        return options.run(options), capsys.readouterr()

    learn = ("train", "--model", "tiny-t5", "-o", teacher, "--steps", 3, "--batch-size", 2)
    code, told = run(*learn)
    assert code == 0
    assert "6 of level segment, 1 of level summary" in told.out
    digest = load_teacher(teacher).digest
    assert digest[:12] in run(*learn)[1].out
    write = ("label", "--teacher", teacher, "-o", labels, "--segments", 2, "--summaries", 9)
    code, told = run(*write)
    assert "room for 2 summaries of 9" in told.err
    made = list(read_pseudo(labels))
    assert code == (0 if len(made) == 4 else 1)
    assert {name for name, _ in made} <= {"cup", "plate", "pot"}
    assert read_provenance(labels).digest == digest
    before = labels.stat().st_mtime_ns
    run(*write)
    assert labels.stat().st_mtime_ns == before
    with pytest.raises(ConfigError, match="--segments N"):
        run("label", "--teacher", teacher, "-o", labels)
    (tmp_path / "egoschema.txt").write_text("plate\n")
    apart = ("--egoschema", tmp_path / "egoschema.txt")
    told = run(*learn[:4], tmp_path / "other", *learn[5:], *apart)[1]
    assert "4 of level segment, 1 of level summary" in told.out
