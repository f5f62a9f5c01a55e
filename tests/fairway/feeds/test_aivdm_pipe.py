"""Feed aivdm_pipe: named pipes and serial devices."""

import os
import pty
import termios

from fairway.feeds import aivdm_pipe
from tests.support.sentences import CLASS_A, OTHER, A


def test_a_named_pipe(start, tmp_path):
    """Reading continues after a writer has closed the pipe."""
    path = tmp_path / "ais"
    os.mkfifo(path)
    heard = start(aivdm_pipe, aivdm_pipe=str(path))
    for sentence in (CLASS_A, OTHER):
        with path.open("wb") as writer:
            writer.write(sentence + b"\r\n")
        heard.until(lambda h, last=sentence: any(last in batch.sentences for batch in h.batches))
    assert heard.states == [""]


def test_a_serial_device(start):
    """A terminal is set to raw, 38,400 baud, as AIS receivers use."""
    device, terminal = pty.openpty()
    heard = start(aivdm_pipe, aivdm_pipe=os.ttyname(terminal))
    heard.until(lambda h: h.states == [""])
    os.write(device, CLASS_A + b"\r\n")
    heard.until(lambda h: h.mmsi == [A])
    _, _, _, local, input_speed, _, _ = termios.tcgetattr(terminal)
    assert input_speed == termios.B38400
    assert not local & termios.ICANON
    os.close(device)
    heard.until(lambda h: len(h.states) == 2)
    assert heard.states[1]
    os.close(terminal)
