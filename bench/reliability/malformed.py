"""Send 100,000 malformed requests; each error must name the fault: `python -m bench.reliability.malformed`."""

import itertools
import random
import sys
import time

from fairway.chart.ports import PortIndex
from fairway.protocol.context import Context
from fairway.protocol.session import Session
from fairway.runtime.clock import Clock
from fairway.traffic.traffic import Traffic
from tests.support.malformed import judge, spoiled

NOW = 1_800_000_000.0


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    epochs = itertools.count()
    traffic = Traffic(PortIndex.load(), lambda: f"e{next(epochs)}")
    traffic.advance(NOW)
    context = Context(Clock(NOW, time.monotonic, "live"), traffic.snapshot, lambda: 1, lambda: None, {})
    session, rng, refused, taken = Session(context), random.Random(1), 0, 0.0
    session.open()
    for _ in range(count):
        text, path = spoiled(rng)
        begin = time.perf_counter()
        answers = session.receive(text)
        taken += time.perf_counter() - begin
        refused += judge(text, path, answers)
    print(f"{count} requests with a fault: {refused} errors, each names it; {count - refused} were harmless after all;")
    print(f"none raised; {taken / count * 1e6:.0f} us each")


if __name__ == "__main__":
    main()
