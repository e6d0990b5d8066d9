"""Runs one step of the Makefile: one line with what it does and its time, the rest in a log.

Where steps run beside one another, each line comes when its step is done.
"""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

LOGS = Path(__file__).resolve().parent.parent / ".cache" / "logs"


def main(said: str, command: list[str]) -> int:
    """Run `command` quietly; show everything it printed only when it fails."""
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / (re.sub(r"[^a-z0-9]+", "-", said.lower()).strip("-") + ".log")
    is_alone = "AT_ONCE" not in os.environ.get("MAKEFLAGS", "")
    if is_alone:
        print(f"{said:<64}", end="", flush=True)
    begun = time.monotonic()
    with log.open("wb") as out:
        code = subprocess.run(command, stdout=out, stderr=subprocess.STDOUT, check=False).returncode
    told = f"{time.monotonic() - begun:6.1f} s{'' if code == 0 else '  FAILED'}"
    print(told if is_alone else f"{said:<64}{told}", flush=True)
    if code != 0:
        sys.stdout.write(log.read_text(errors="replace"))
        print(f"\nFailed: {' '.join(command)}", flush=True)
    return code


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1], sys.argv[2:]))
