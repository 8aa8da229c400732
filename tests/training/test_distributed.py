"""Two processes with half the batch each learn what one learns."""

import pytest
from toys import start_processes, train_toy

from videorecap.training.logs import read_log
from videorecap.training.state import latest, read_state

pytestmark = pytest.mark.slow

TOLERANCE = 1e-5


def train_in_two(toy, folder, loop, **options):
    processes = start_processes(toy, folder, world=2, loop=loop, **options)
    for process in processes:
        process.join(120)
        assert process.exitcode == 0


def losses(folder):
    return [line["losses"] for line in read_log(folder / "log.jsonl")]


def assert_same_losses(ours, theirs):
    assert len(ours) == len(theirs) == 20
    for one, other in zip(ours, theirs, strict=True):
        assert one == {name: pytest.approx(of, abs=TOLERANCE) for name, of in other.items()}


@pytest.mark.parametrize(("toy", "loop"), [("captions", {}), ("mixed", {"accumulate": 2, "num_workers": 1})])
def test_two_processes_learn_what_one_learns(tmp_path, toy, loop):
    """From samples with unequal numbers of tokens, and with layers that only some micro-batches use."""
    train_toy(toy, tmp_path / "one", loop={"log_every": 1})
    train_in_two(toy, tmp_path / "two", {"log_every": 1, **loop})
    assert_same_losses(losses(tmp_path / "two"), losses(tmp_path / "one"))


def test_shards_learn_what_one_process_learns(tmp_path):
    """Their checkpoints are whole: one process continues what two shards began, and they what it began."""
    one, two = tmp_path / "one", tmp_path / "two"
    train_toy("captions", one, loop={"log_every": 1})
    options = {"log_every": 1, "accumulate": 2, "save_every_steps": 3}
    train_in_two("captions", two, options, is_sharded=True, stop_after=8)
    assert read_state(latest(two)).step == 8
    train_toy("captions", two, loop=options, stop_after=14)
    assert read_state(latest(two)).step == 14
    train_in_two("captions", two, options, is_sharded=True)
    assert_same_losses(losses(two), losses(one))


def test_processes_stop_together_and_one_may_go_on(tmp_path):
    """A loss that only one process sees stops both; then one process continues what two began."""
    train_in_two("poisoned", tmp_path, {"save_every_steps": 4})
    for rank in range(2):
        error = (tmp_path / f"error-{rank}").read_text()
        assert "step 9: the fit loss of a batch of 'odd' is not finite" in error
    assert read_state(latest(tmp_path)).step == 8
    train_toy("points", tmp_path)
    assert read_state(latest(tmp_path)).step == 20
