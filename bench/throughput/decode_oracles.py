"""Our decoder against gpsdecode and libais: `python -m bench.throughput.decode_oracles FILE...`.

Files may hold AIVDM sentences in any form: recordings (also .gz), the samples of gpsd (test/sample.aivdm,
test/daemon/*.log), the tests in the sources of pyais and libais. Needs gpsdecode (Debian gpsd-clients) and, for the
second comparison, `pip install libais==0.17`. Prints counts and, for each kind of difference, the number and one
example.
"""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np

from fairway.ais import decode_one, values
from fairway.ais.decoder import Decoder
from fairway.ais.values import POSITIONS, STATICS
from fairway.traffic import fields

try:
    import ais as libais
except ImportError:
    libais = None

T = 1_700_000_000_000
SENTENCE = re.compile(rb"[!$][A-Z]{2}VD[MO],\d,\d,[^*\s]{1,100}\*[0-9A-Fa-f]{2}")
TEXTS = {"name": "shipname", "callsign": "callsign", "destination": "destination"}
Columns = dict[str, Any]
Message = tuple[bytes, ...]
BROKEN: Columns = {"class": "broken"}
"""Stands for a line of gpsdecode's that is no JSON."""


def messages(path: Path) -> Iterator[Message]:
    """Return each complete message of a file once, as its consecutive sentences."""
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    seen: set[tuple[bytes, ...]] = set()
    parts: dict[tuple[bytes, ...], list[bytes]] = {}
    for sentence in SENTENCE.findall(text):
        _, total, number, sequence, channel, _ = sentence.split(b",")[:6]
        key = (sentence[:6], sequence, channel)
        parts[key] = [] if number == b"1" else parts.get(key, [])
        parts[key].append(sentence)
        if number == total and len(parts[key]) == int(total):
            whole = tuple(parts.pop(key))
            if whole not in seen:
                seen.add(whole)
                yield whole


def ours(message: Message) -> tuple[Columns | None, str]:
    """Return the columns, or the reason why there are none."""
    decoder = Decoder()
    decoder.take(list(message), T)
    columns: Columns = {}
    for batch in decoder.batches("bench"):
        columns |= {name: np.asarray(column).tolist()[0] for name, column in (batch.moving | batch.static).items()}
    return columns or None, next(iter(decoder.rejected), "nothing")


def from_pyais(message: Message) -> Columns | None:
    """Return the feed's columns from pyais's fields, the path of messages that are not decoded by column."""
    said = decode_one.report(b"\r\n".join(message), T)
    return None if isinstance(said, str) else said.moving | said.static or None


def marker(number: int) -> bytes:
    """Return a message 10 with MMSI `number`: gpsdecode skips unreadable messages, and this marks the place."""
    bits = f"{10:06b}00{number:030b}00{1:030b}00"
    codes = (int(bits[at : at + 6], 2) for at in range(0, 72, 6))
    body = b"AIVDM,1,1,,A," + bytes(code + (48 if code < 40 else 56) for code in codes) + b",0"
    return b"!" + body + b"*%02X" % reduce(lambda a, b: a ^ b, body)


def gpsdecode(listed: list[Message]) -> dict[int, dict[str, Any]]:
    """Return gpsdecode's unscaled output by number of message."""
    lines = [line for number, whole in enumerate(listed) for line in (marker(number), *whole)]
    run = subprocess.run(
        ["gpsdecode", "-j", "-u", "-s"], input=b"\n".join(lines) + b"\n", capture_output=True, check=True
    )
    said, number = {}, -1
    for line in run.stdout.decode("utf-8", "replace").splitlines():
        try:
            message = json.loads(line, strict=False)
        except ValueError:
            # it does not escape all that stands in a text
            said[number] = BROKEN
            continue
        if message.get("type") == 10 and message.get("dest_mmsi") == 1:
            number = message["mmsi"]
        elif message.get("class") == "AIS":
            said[number] = message
    return said


def _reader(report: dict[str, Any]) -> Callable[[str, int, int, int], int]:
    def value(name: str, scale: int, unknown: int, missing: int) -> int:
        return missing if report[name] == unknown else report[name] * scale

    return value


def from_gpsdecode(report: dict[str, Any]) -> Columns:
    """Return gpsdecode's integers in our units."""
    columns: Columns = {}
    kind, far = report["type"], report["type"] == 27
    value = _reader(report)
    if kind in POSITIONS:
        columns["lat"] = value("lat", 1000 if far else 1, 91 * 600 if far else 91 * 600_000, fields.LAT_NA)
        columns["lon"] = value("lon", 1000 if far else 1, 181 * 600 if far else 181 * 600_000, fields.LON_NA)
        columns["sog"] = value("speed", 10 if far else 1, 63 if far else 1023, fields.U2_NA)
        columns["cog"] = value("course", 10 if far else 1, 511 if far else 3600, fields.U2_NA)
    if kind in (1, 2, 3, 18, 19):
        columns["heading"] = value("heading", 1, 511, fields.U2_NA)
    if kind in (1, 2, 3):
        columns["rot"] = values.turn(report["turn"])
    if kind in (1, 2, 3, 27):
        columns["nav_status"] = report["status"]
    if kind in STATICS:
        columns |= {name: report[theirs] for name, theirs in TEXTS.items() if theirs in report}
        sides = zip("abcd", ("to_bow", "to_stern", "to_port", "to_starboard"), strict=True)
        columns |= {side: report[theirs] for side, theirs in sides if theirs in report}
        columns |= {ours: report[name] for ours, name in (("ship_type", "shiptype"),) if name in report}
    if kind == 5:
        columns["draught"] = report["draught"]
        columns["imo"] = report["imo"] if fields.imo_is_valid(report["imo"]) else 0
        month, day, hour, minute = map(int, re.findall(r"\d+", report["eta"]))
        columns["eta"] = values.arrival(month, day, hour, minute, T)
    return columns


def from_libais(message: Message) -> Columns | None:
    """Return libais's fields of a message in our units; None if libais cannot read it."""
    columns = [sentence.split(b",") for sentence in message]
    try:
        pad = int(columns[-1][6][:1])
        said = libais.decode("".join(column[5].decode() for column in columns), pad)
    except (libais.DecodeError, ValueError, UnicodeDecodeError):
        return None
    kind, far, found = said["id"], said["id"] == 27, Columns()
    if kind in POSITIONS:
        found["lat"] = fields.LAT_NA if said["y"] == 91 else round(said["y"] * 600_000)
        found["lon"] = fields.LON_NA if said["x"] == 181 else round(said["x"] * 600_000)
        found["sog"] = fields.U2_NA if said["sog"] >= (63 if far else 102.25) else round(said["sog"] * 10)
        found["cog"] = fields.U2_NA if said["cog"] in (360, 511) else round(said["cog"] * 10)
    if kind in (1, 2, 3, 18, 19):
        found["heading"] = fields.U2_NA if said["true_heading"] == 511 else said["true_heading"]
    if kind in (1, 2, 3, 27):
        found["nav_status"] = said["nav_status"]
    if kind in STATICS:
        found |= {name: said[name].split("@")[0].strip() for name in TEXTS if name in said}
        found |= {side: said[f"dim_{side}"] for side in "abcd" if f"dim_{side}" in said}
        found |= {"ship_type": said["type_and_cargo"]} if "type_and_cargo" in said else {}
    if kind == 5:
        found["draught"] = round(said["draught"] * 10)
    return found


def differences(
    listed: list[Message], numbers: Iterable[int], name: str, said: Callable[[int], Columns | None]
) -> None:
    """Compare every message of a ship with an oracle, and print the differences."""
    same, kinds, examples = 0, Counter[str](), {}
    for number in numbers:
        message = listed[number]
        mine, why = ours(message)
        theirs = said(number)
        found = []
        if mine is None and theirs:
            found = [f"only {name} reads it (ours: {why})"]
        elif mine is not None and theirs is None:
            found = [f"only ours reads it (first letter {message[0].split(b',')[5][:1].decode()!r})"]
        elif mine and theirs:
            found = [
                f"{column} differs" for column, value in theirs.items() if column in mine and mine[column] != value
            ]
            same += not found
        kinds.update(found)
        for kind in found:
            examples.setdefault(kind, (b" ".join(message).decode("ascii", "replace"), mine, theirs))
    print(f"  {name}: {same} messages the same")
    for kind, count in kinds.most_common():
        text, mine, theirs = examples[kind]
        column = kind.split(" ")[0]
        shown = f" ours {mine[column]!r}, theirs {theirs[column]!r}" if mine and theirs else ""
        print(f"    {count:6} {kind}:{shown} {text[:180]}")


def main() -> None:
    for argument in sys.argv[1:]:
        listed = list(messages(Path(argument)))
        print(f"{Path(argument).name}: {len(listed)} messages, {sum(map(len, listed))} sentences")
        decoded = gpsdecode(listed)

        readable = [number for number in range(len(listed)) if decoded.get(number) is not BROKEN]
        if len(readable) < len(listed):
            print(f"  gpsdecode: {len(listed) - len(readable)} not compared, what it writes is no JSON")

        def by_gpsdecode(number: int, decoded: dict[int, dict[str, Any]] = decoded) -> Columns | None:
            return from_gpsdecode(decoded[number]) if number in decoded else None

        differences(listed, readable, "gpsdecode", by_gpsdecode)
        differences(listed, range(len(listed)), "pyais", lambda number, listed=listed: from_pyais(listed[number]))
        if libais:
            differences(listed, range(len(listed)), "libais", lambda number, listed=listed: from_libais(listed[number]))
        else:
            print("  libais: NOT COMPARED, it is not installed")


if __name__ == "__main__":
    main()
