"""Port names: which port the destination text of an AIS message names.

Source: UN/LOCODE; IMO SN/Circ.244 (use of UN/LOCODE in the destination field of AIS: "from>to").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

_ARROW: Final = re.compile(r"=*-*>+|<+-*>+|\.{3,}")
_FIRST: Final = frozenset({"TO", "FOR", "PORT", "OF", "P", "HARBOUR", "HARBOR"})
_LAST: Final = frozenset({
    "PORT", "HARBOUR", "HARBOR", "ANCH", "ANCHORAGE", "ANCHOR", "ROADS", "ROAD", "OPL", "PILOT", "PS", "PBS",
    "TERMINAL", "TERM", "BERTH", "LOCK", "LOCKS", "DOCK", "YARD", "SHIPYARD", "INNER", "OUTER", "EUROPOORT",
    "MAASVLAKTE", "ONLY",
})  # fmt: skip
"""Words that crews write before and after the name of a port."""


class PortNames:
    """Ports by UN/LOCODE and by name.

    Args:
        names, countries, locodes: parallel texts.
        leading: the first `leading` ports win where others share their name; otherwise the country decides.

    """

    def __init__(
        self, names: Iterable[str], countries: Iterable[str], locodes: Iterable[str], leading: int = 0
    ) -> None:
        self._leading = leading
        self._by_code: dict[str, int] = {}
        self._by_name: dict[str, list[int]] = {}
        # texts alone: a set of them for each of 4,000 ports would take a megabyte
        self._places: list[tuple[str, str]] = []
        for number, (name, country, code) in enumerate(zip(names, countries, locodes, strict=True)):
            if code:
                self._by_code.setdefault(code, number)
            self._by_name.setdefault(" ".join(_words(name)), []).append(number)
            self._places.append((country, code))

    def resolve(self, text: str) -> int:
        """Number of the port that `text` names; -1 if no port or several fit."""
        legs = [leg for leg in _ARROW.split(text) if leg.strip()]
        words = _words(legs[-1]) if legs else []
        code = self._coded(words)
        if code >= 0:
            return code
        found = self._named(words)
        while found < 0 and words and words[0] in _FIRST:
            words = words[1:]
            found = self._named(words)
        return found

    def _named(self, words: list[str]) -> int:
        """The port of the longest leading words that are a name, unless another place follows; -1 otherwise."""
        for length in range(len(words), 0, -1):
            name = " ".join(words[:length])
            if len(name) > 2 and name in self._by_name:
                return self._chosen(self._by_name[name], words[length:])
        return -1

    def _coded(self, words: list[str]) -> int:
        """The port whose UN/LOCODE the words start with, whole or split after the country; -1 otherwise."""
        first, second = [*words, "", ""][:2]
        for code in (first, first + second if len(first) == 2 else "", "".join(words)):
            if len(code) == 5 and code in self._by_code:
                return self._by_code[code]
        return -1

    def _chosen(self, ports: list[int], rest: list[str]) -> int:
        rest = [word for word in rest if word not in _LAST and not word.isdecimal() and len(word) > 1]
        if not rest:
            in_one_country = all(self._country(port) & self._country(ports[0]) for port in ports)
            return ports[0] if in_one_country or ports[0] < self._leading else -1
        fitting = [port for port in ports if self._country(port) & {" ".join(rest), rest[0]}]
        return fitting[0] if fitting else -1

    def _country(self, port: int) -> set[str]:
        """Words for the country of a port: its name and its code in UN/LOCODE."""
        country, code = self._places[port]
        return {" ".join(_words(country)), code[:2]} - {""}


def _words(text: str) -> list[str]:
    """Upper-case words of letters and digits, without accents."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().upper().replace("'", "")
    return re.findall(r"[A-Z0-9]+", plain)
