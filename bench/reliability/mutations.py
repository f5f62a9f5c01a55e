"""Hostile AIVDM, mutated sentences into a running server: `python -m bench.reliability.mutations [COUNT] [RECORDING]`.

Sends COUNT (1,000,000) sentences with changed, inserted, removed or doubled bytes, half of them with a corrected
checksum, and among them first parts without a second, lines without an end, and noise. Prints memory during the run,
the counters, and whether a thread ended. Linux only.
"""

import gzip
import json
import os
import random
import re
import socket
import subprocess
import sys
import time
import urllib.request
from functools import reduce
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXCERPT = ROOT / "tests/data/ais_australia_20120127_excerpt.nmea.gz"
PORT, FEED_PORT = 18055, 18056
SENTENCE = re.compile(rb"![A-Z]{2}VD[MO],\d,\d,[^*\s]{1,100}\*[0-9A-F]{2}")


def mutated(sentence: bytes, rng: random.Random) -> bytes:
    """Return the sentence with one to four bytes changed, inserted, removed or doubled."""
    text = bytearray(sentence)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(text))
        act = rng.randrange(4)
        if act == 0:
            text[at] = rng.randrange(256)
        elif act == 1:
            text.insert(at, rng.randrange(256))
        elif act == 2 and len(text) > 1:
            del text[at]
        else:
            text[at:at] = text[at : at + rng.randrange(8)]
    if rng.random() < 0.5:
        body = bytes(text[1:]).split(b"*")[0]
        return b"!" + body + b"*%02X" % reduce(lambda a, b: a ^ b, body, 0)
    return bytes(text)


def hostile(number: int, rng: random.Random) -> bytes:
    """Return a mutation, and sometimes something worse."""
    if number % 10_000 == 0:
        return b"!AIVDM," + b"9" * 200_000
    if number % 5_000 == 0:
        return rng.randbytes(5000)
    body = b"AIVDM,%d,1,%d,A,%b,0" % (rng.randint(2, 9), number % 1000, b"5" * 50)
    return b"!" + body + b"*%02X" % reduce(lambda a, b: a ^ b, body)


def memory_mb(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def status() -> dict:
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/api/realtime/status", timeout=60) as answer:
        return json.load(answer)


def connected() -> socket.socket:
    for _ in range(240):
        try:
            return socket.create_connection(("127.0.0.1", FEED_PORT))
        except ConnectionRefusedError:
            time.sleep(0.25)
    raise SystemExit("the server does not listen")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    path = Path(sys.argv[2]) if len(sys.argv) > 2 else EXCERPT
    originals = SENTENCE.findall(gzip.decompress(path.read_bytes()))
    rng = random.Random(1)
    options = ["--feeds", "aivdm_listen", "--aivdm-listen", str(FEED_PORT), "--lost-after", "10", "--port", str(PORT)]
    options += ["--state-file", "", "--database-url", ""]
    server = subprocess.Popen([sys.executable, str(ROOT / "app.py"), *options], stderr=subprocess.DEVNULL)
    try:
        peer = connected()
        for number in range(1, count + 1):
            text = hostile(number, rng) if number % 1000 == 0 else mutated(rng.choice(originals), rng)
            peer.sendall(text + b"\r\n")
            if number % (count // 10) == 0:
                print(f"{number:9,}: {memory_mb(server.pid):.0f} MB", flush=True)
        peer.close()
        time.sleep(15)
        answer = status()
        (feed,) = answer["feeds"]
        print(f"reports {feed['reports']:,}; rejected {sum(feed['rejected'].values()):,}: {feed['rejected']}")
        print(f"dropped by Traffic: { {k: n for k, n in answer['dropped'].items() if n and ':' not in k} }")
        print(f"threads: { {thread['name']: thread['restarts'] for thread in answer['threads']} }, all running: "
              f"{all(thread['running'] for thread in answer['threads'])}")  # fmt: skip
        print(f"at the end: {memory_mb(server.pid):.0f} MB")
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
