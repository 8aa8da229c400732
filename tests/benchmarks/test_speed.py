"""The benchmark of speed counts, times and compares what it says."""

import json
import math
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import av
import pytest
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
TASK = {"system": "random-tiny", "num_tokens": 5, "seed": 0}


@pytest.fixture(autouse=True)
def _benchmarks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The modules of the folder, for one test; their names are taken back from other tests."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    yield
    ours = {path.stem for path in BENCHMARKS.iterdir()}
    for name in [name for name in sys.modules if name.partition(".")[0] in ours]:
        del sys.modules[name]


@pytest.mark.parametrize("num_tokens", [5, 76])
def test_random_systems_write_as_many_tokens_as_asked_the_same_ones_in_both_paths(
    num_tokens: int, short_video: Path
) -> None:
    from captioning_speed.captioning import caption_file, caption_slowly

    task = {**TASK, "video": str(short_video), "num_tokens": num_tokens}
    fast = caption_file(**task, precision="fp32", batch_size=3)["captions"]
    slow = caption_slowly(**task, num_clips=99, batch_size=4)["captions"]
    assert slow == fast
    assert all(len(text.split()) == num_tokens for *_, text in fast)
    clips = [text for level, *_, text in fast if level == "clip"]
    assert len(set(clips)) > len(clips) / 2, "all alike would tell nothing"
    assert max(len(set(text.split())) for text in clips) > 3, "nor would one word over and over"


def test_words_are_read_as_the_tokens_that_they_were_written_from() -> None:
    from captioning_speed.random_systems import numbered_words

    tokenizer = numbered_words(300, 299)
    ids = [5, 17, 0, 298, 5]
    text = tokenizer.decode([*ids, 299], skip_special_tokens=True)
    assert tokenizer.encode(text).ids == ids
    assert tokenizer.encode(text + text).ids == ids + ids  # glued
    assert tokenizer.encode(f"{text}. {text}.").ids == ids + ids


def test_accounts_of_both_threads_add_up(short_video: Path) -> None:
    from captioning_speed.captioning import caption_file

    result = caption_file(**TASK, video=str(short_video), precision="fp32", batch_size=3)
    captioning, reading = result["stages"]["captioning"], result["stages"]["reading"]
    assert sum(captioning.values()) == pytest.approx(result["seconds"], rel=0.1, abs=0.02)
    assert sum(reading.values()) < sum(captioning.values())
    assert min(*captioning.values(), *reading.values()) >= 0
    named = {"open the video", "encode", "align", "decode clip", "decode segment", "decode summary", "write"}
    assert named < captioning.keys()
    assert {"read", "prepare pixels", "wait for room"} < reading.keys()
    rows = [call["rows"] * n for stage, call, n in result["calls"] if stage == "encode"]
    assert sum(rows) == sum(level == "clip" for level, *_ in result["captions"])


def test_nothing_stays_patched(short_video: Path) -> None:
    from captioning_speed.captioning import run
    from captioning_speed.random_systems import open_system
    from captioning_speed.stage_clock import clocked

    from videorecap import jobs
    from videorecap.ahead import Ahead

    system = open_system("random-tiny", device="cpu", seed=0, num_tokens=5)
    before = (jobs.read_clips, Ahead._make)
    with clocked(system):
        assert jobs.read_clips is not before[0]
        assert "forward" in vars(system.modules.encoder)
        run(system, [], 2)
    assert (jobs.read_clips, Ahead._make) == before
    assert "forward" not in vars(system.modules.encoder)
    assert "step" not in vars(system.modules.captioners["recap"].decoder)


def test_a_stage_does_not_count_what_it_calls() -> None:
    from captioning_speed.stage_clock import Clock, Thread

    clock = Clock(torch.device("cpu"))
    began = time.perf_counter()
    with clock.stage("outer"):
        time.sleep(0.02)
        with clock.stage("inner"):
            time.sleep(0.05)
        time.sleep(0.02)
    total = time.perf_counter() - began
    seconds = clock.seconds[Thread.CAPTIONING]
    assert clock.total(Thread.CAPTIONING) == pytest.approx(total, abs=0.01)
    assert seconds["inner"] >= 0.05
    assert seconds["outer"] == pytest.approx(total - seconds["inner"], abs=0.01)


@pytest.mark.parametrize(("rows", "length", "read"), [(1, 1, 4), (3, 7, 4), (2, 12, 9)])
def test_flops_are_those_of_the_networks(rows: int, length: int, read: int) -> None:
    from captioning_speed.random_systems import RANDOM, open_system
    from captioning_speed.work import Call, Costs, Part

    modules = open_system("random-tiny", device="cpu", seed=0, num_tokens=5).modules
    costs = Costs(RANDOM["random-tiny"](), "fp32")
    model = modules.captioners["recap"]
    pixels, features, z = (
        torch.rand(rows, 3, 4, 32, 32),
        torch.rand(rows, length, 16),
        torch.rand(rows, read, 16),
    )
    queries = model.video_queries.expand(rows, -1, -1)
    cache = model.decoder.start(z, length)
    cache.lengths = [length - 1] * rows
    works = {
        Call(Part.ENCODER, "", rows): lambda: modules.encoder(pixels),
        Call(Part.VIDEO, "recap", rows, length): lambda: model.video_alignment(queries, features),
        Call(Part.STEP, "recap", rows, length, read): lambda: model.decoder.step(
            torch.zeros(rows, 1, dtype=torch.long), cache
        ),
    }
    for call, work in works.items():
        # of other kernels of attention torch counts nothing
        with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
            work()
        assert costs.of(call).flops == counter.get_total_flops(), call.part


def test_bytes_are_weights_once_and_what_each_row_brings() -> None:
    from captioning_speed.random_systems import RANDOM
    from captioning_speed.work import Call, Costs, Part

    config = RANDOM["random-tiny"]()
    one, two, three = (Costs(config, "fp32").of(Call(Part.STEP, "recap", n, 6, 4)).bytes for n in (1, 2, 3))
    assert (
        two - one == three - two == 4 * (16 * 4 + 2 * 16 * 6 + 300)
    )  # embeddings, keys and values of one layer, logits
    assert Costs(config, "bf16").of(Call(Part.STEP, "recap", 1, 6, 4)).bytes == one / 2
    encoder = [Costs(config, precision).of(Call(Part.ENCODER, "", 1)).bytes for precision in ("fp32", "int8")]
    assert encoder[0] / 4 < encoder[1] < encoder[0]


def test_shares_are_of_the_tighter_of_two_bounds() -> None:
    from captioning_speed.accounts import rows_of, table
    from captioning_speed.peaks import Peak
    from captioning_speed.random_systems import RANDOM
    from captioning_speed.work import Call, Costs, Part

    costs = Costs(RANDOM["random-tiny"](), "int8")
    call = {"part": "encoder", "captioner": "", "rows": 2, "length": 1, "read": 0}
    step = {"part": "next tokens", "captioner": "recap", "rows": 2, "length": 3, "read": 4}
    result = {
        "stages": {
            "captioning": {"encode": 2.0, "decode clip": 4.0, "the rest": 1.0},
            "reading": {"read": 5.0},
        },
        "calls": [["encode", call, 3], ["decode clip", step, 1]],
    }
    cost = costs.of(Call(Part.ENCODER, "", 2))
    peaks = {
        "int8": Peak(cost.flops * 3, math.inf),
        "fp32": Peak(math.inf, costs.of(Call(**{**step, "part": Part.STEP})).bytes),
    }
    rows = {row.stage: row for row in rows_of(result, costs, "int8", peaks, {"read": 4.0})}
    assert rows["encode"].share == pytest.approx(0.5)  # 1 second of work in 2
    assert rows["encode"].flops == cost.flops * 3
    assert rows["decode clip"].share == pytest.approx(0.25)  # bound by memory, in fp32
    assert rows["read"].share == pytest.approx(0.8)
    assert rows["the rest"].share is None
    lines = list(table(list(rows.values())))
    assert any("encode" in line and "50%" in line for line in lines)
    assert any("thread of captioning" in line and "7.00" in line for line in lines)


def test_the_memory_of_another_process_is_its_own() -> None:
    from captioning_speed.apart import run_command

    small = run_command([sys.executable, "-S", "-c", "pass"])
    assert small.peak_mib < 50, "less than this process has"
    large = run_command([sys.executable, "-S", "-c", "x = bytearray(100 * 2**20)"])
    assert 100 < large.peak_mib < 125
    with pytest.raises(SystemExit, match="failed with status 3"):
        run_command([sys.executable, "-S", "-c", "raise SystemExit(3)"])


def test_exponents_and_identical_shares() -> None:
    from captioning_speed.accounts import exponent, identical

    assert exponent([2, 60, 240], [3 * n**1.3 for n in (2, 60, 240)]) == pytest.approx(1.3)
    said = [["clip", 0, 4, "a"], ["clip", 4, 8, "b"]]
    assert identical(said, said) == 1
    assert identical(said, [["clip", 0, 4, "a"], ["clip", 4, 8, "c"]]) == 0.5
    assert identical(said, said[:1]) == 0.5  # what is missing is not the same


def test_captions_agree_in_every_way_of_single_precision(short_video: Path) -> None:
    from captioning_speed.agreement import agreement, compared, table

    told = agreement(**TASK, videos=[str(short_video)] * 2, precisions=["fp32"], device="cpu", batch_size=3)
    assert len(told) == 4
    assert all(found["identical"] == 1 for found in told.values())
    assert len(list(table({**told, "bf16": {"missing": "not on this processor"}}))) == 6
    said = [["clip", 0, 4, "a b c d"], ["clip", 4, 8, "e f g h"], ["clip", 8, 12, "i j k l"]]
    assert compared(said, said) == {"identical": 1.0, "cider": pytest.approx(1000)}
    other = compared(said, [*said[:2], ["clip", 8, 12, "a b c d"]])
    assert other["identical"] == pytest.approx(2 / 3)
    assert other["cider"] < 700


def test_a_repeated_video_goes_on_without_a_gap(short_video: Path, tmp_path: Path) -> None:
    from captioning_speed.videos import repeat

    from videorecap.video.reader import VideoReader

    long = tmp_path / "long.mp4"
    repeat(short_video, long, seconds=120)
    with VideoReader(long) as reader:
        assert reader.info.duration_seconds == pytest.approx(120, abs=0.2)
        assert not reader.index.lacks_packets(0, 120)
        assert sum(1 for _ in reader.frames()) == 720


@pytest.mark.parametrize("gop", [5, 30])
def test_generated_videos_have_the_keyframes_asked_for(
    gop: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from captioning_speed import videos

    monkeypatch.setattr(videos, "HD", (128, 96))
    path = videos.Studio(tmp_path).hd(0.05, gop, drawn_minutes=0.05)
    with av.open(str(path)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    assert len(packets) == 90
    assert [n for n, packet in enumerate(packets) if packet.is_keyframe] == list(range(0, 90, gop))
    assert path == videos.Studio(tmp_path).hd(0.05, gop, drawn_minutes=0.05)  # it is not made again


def test_peaks_and_what_they_allow() -> None:
    from captioning_speed.peaks import Peak, bare_write_seconds, measure_peak

    peak = measure_peak("fp32", torch.device("cpu"), side=128)
    assert peak.flops_per_second > 1e8
    assert peak.bytes_per_second > 1e7
    assert Peak(10.0, 5.0).least_seconds(20.0, 5.0) == 2
    assert Peak(10.0, 5.0).least_seconds(20.0, 50.0) == 10
    assert bare_write_seconds(1000) > 0


def test_without_a_gpu_one_line_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    import speed

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(sys, "argv", ["speed.py", "--device", "cuda", "-o", str(tmp_path)])
    speed.main()
    assert capsys.readouterr().out.splitlines() == [
        "no GPU here: nothing was measured; where there is one, the same command is ready"
    ]
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_the_whole_benchmark_at_micro_scale(tmp_path: Path) -> None:
    options = "--system random-tiny --precisions fp32 --tokens 5 --minutes 0.16 --lengths 0.16 --gops 250"
    sizes = "--slow-clips 2 --frames-clips 3 --batch-size 2 --growth 0.1 0.2 0.3"
    parts = ["peak", "reading", "stages", "versus", "growth"]
    command = [sys.executable, BENCHMARKS / "speed.py", *parts, *options.split(), *sizes.split()]
    done = subprocess.run(
        [*command, "--videos", tmp_path / "videos", "-o", tmp_path / "out"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "100.0% of its clips' captions identical" in done.stdout
    figures = json.loads((tmp_path / "out" / "speed.json").read_text())
    assert all({"command", "commit", "machine", "seed"} <= part.keys() for part in figures.values())
    run = figures["versus, random-tiny, 5 tokens"]["fp32"]
    assert run["identical_to_slow_path"] == 1
    assert run["num_gaps"] == 0
    assert (tmp_path / "out" / "speed.png").stat().st_size > 10_000


def test_the_compiled_encoder_is_compared_with_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    from captioning_speed.compiling import encode_both_ways

    monkeypatch.setattr(torch, "compile", lambda encoder, **_: encoder)  # a compiler takes a minute
    figures = encode_both_ways(system="random-tiny", device="cpu", batch_size=2, seed=0)
    assert figures["largest_difference"] == 0
    assert figures["pays_after_clips"] is None or figures["pays_after_clips"] > 0
    assert min(figures["seconds_a_clip"], figures["compiled_seconds_a_clip"], figures["warm_up_seconds"]) > 0
