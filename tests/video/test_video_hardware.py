"""What a device decodes has the colours of what is decoded in software, and one that is not there is told."""

import av
import numpy as np
import pytest
from av.codec.hwaccel import HWAccel, hwdevices_available
from video_zoo import read_code, write_video

from videorecap.apps.cli import EXIT_FAILED, main
from videorecap.build import load_system
from videorecap.errors import ConfigError
from videorecap.jobs import Job
from videorecap.video.hardware import PLANAR, Hardware, open_hardware
from videorecap.video.pixels import Orientation, to_rgb
from videorecap.video.reader import VideoReader


@pytest.mark.parametrize("interleaved", PLANAR)
def test_interleaved_planes_have_the_same_colours(interleaved):
    rng = np.random.default_rng(0)
    coarse = rng.integers(0, 256, (6, 8, 3), dtype=np.uint8)
    picture = av.VideoFrame.from_ndarray(coarse.repeat(8, 0).repeat(8, 1), format="rgb24")
    apart = picture.reformat(format=PLANAR[interleaved], dst_colorspace="ITU709", dst_color_range="JPEG")
    together = apart.reformat(format=interleaved)
    assert together.format.name == interleaved
    expected = to_rgb(apart, 64, 48, Orientation())
    assert (to_rgb(together, 64, 48, Orientation()) == expected).all()
    assert np.ptp(expected) > 200, "grey would tell nothing"


@pytest.mark.parametrize("name", ["abacus", *hwdevices_available()])
def test_a_device_decodes_the_same_frames_or_is_said_to_be_missing(name, tmp_path):
    path = tmp_path / "video.mp4"
    write_video(path, count=40)
    try:
        hardware = open_hardware(name)
    except ConfigError as error:
        assert repr(name) in str(error) and "decode in software instead" in str(error)
        assert "\n" not in str(error)
        assert name != "abacus" or all(known in str(error) for known in hwdevices_available())
        return
    assert pictures(path, hardware) == pictures(path, None)


@pytest.mark.parametrize("name", hwdevices_available())
def test_what_a_device_cannot_decode_is_decoded_in_software_and_told_once(name, tmp_path, caplog):
    for number in range(2):
        write_video(tmp_path / f"{4 * number}.mp4", count=120)
    hardware = Hardware(
        name, HWAccel(name)
    )  # one that works decodes; one that does not fails as it is opened
    assert pictures(tmp_path, hardware) == pictures(tmp_path, None)
    told = [record.getMessage() for record in caplog.records]
    try:
        open_hardware(name)
    except ConfigError:
        assert [f"not by {name}" in line for line in told] == [True, True]
    else:
        assert not told


def test_a_run_on_a_device_is_another_job(tmp_path):
    path = tmp_path / "video.mp4"
    write_video(path, count=40)
    system = load_system("sim-tiny", device="cpu")
    name = hwdevices_available()[0]
    with VideoReader(path) as here, VideoReader(path, Hardware(name, HWAccel(name))) as there:
        assert Job(there, system).header() == {**Job(here, system).header(), "hwaccel": name}


def test_the_command_says_in_one_line_that_there_is_no_such_device(tmp_path, capsys):
    path = tmp_path / "video.mp4"
    write_video(path, count=40)
    assert main(["caption", str(path), "-o", str(tmp_path / "out"), "--hwaccel", "abacus"]) == EXIT_FAILED
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("videorecap: videos cannot be decoded by 'abacus'")


def pictures(path, hardware):
    with VideoReader(path, hardware) as reader:
        return [(frame.rank, read_code(reader.pixels(frame))) for frame in reader.frames()]
