"""How every drill is asked and how it answers: lines for people on the error output, one JSON object for programs."""

import argparse
import json
import sys
import time
from collections.abc import Callable
from typing import Any


class Telling:
    """The options of a drill, and its figures as they come in. A drill holds when nothing was counted against it."""

    def __init__(
        self,
        name: str,
        description: str,
        argv: list[str],
        more: Callable[[argparse.ArgumentParser], None] | None = None,
    ) -> None:
        """Reads `--small`, `--json` and what `more` adds; ends the process with a usage line for anything else."""
        parser = argparse.ArgumentParser(prog=f"./run drill {name}", description=description)
        parser.add_argument("--small", action="store_true", help="the short version, as in ./test")
        parser.add_argument("--json", action="store_true", help="one JSON object on the standard output")
        if more is not None:
            more(parser)
        options = parser.parse_args(argv)
        self.options = options
        self.name = name
        self.small: bool = options.small
        self.as_json: bool = options.json
        self.figures: dict[str, Any] = {"tried": 0}
        self.against: list[str] = []
        self._began = time.monotonic()

    def say(self, line: str) -> None:
        """A line for who watches."""
        sys.stderr.write(f"{self.seconds():6.1f} s  {line}\n")
        sys.stderr.flush()

    def seconds(self) -> float:
        """Since the beginning of the drill."""
        return time.monotonic() - self._began

    def count(self, **figures: int) -> None:
        """Add to figures such as `tried` or `leaked`."""
        for name, number in figures.items():
            self.figures[name] = self.figures.get(name, 0) + number

    def fault(self, sentence: str) -> None:
        """Something does not hold; the first hundred are shown."""
        self.against.append(sentence)
        if len(self.against) <= 100:
            self.say(f"FAULT: {sentence}")

    def end(self) -> int:
        """Show the figures; the exit status of the drill: 0 when all holds, else 1."""
        self.figures["seconds"] = round(self.seconds(), 1)
        self.say(
            ", ".join(f"{name} {value}" for name, value in self.figures.items() if not isinstance(value, list | dict))
        )
        self.say(f"{self.name}: {f'{len(self.against)} faults' if self.against else 'all holds'}")
        if self.as_json:
            # Where the figures are told for each of many faults, the sentences have another name.
            sentences = "against" if "faults" in self.figures else "faults"
            found = {"drill": self.name, "holds": not self.against, **self.figures, sentences: self.against[:100]}
            sys.stdout.write(json.dumps(found) + "\n")
        return 1 if self.against else 0
