"""Runs a command and says what it cost."""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Cost:
    """What one run took."""

    processor: float
    """Processor time in seconds, the system's part included."""
    wall: float
    """Seconds on the clock."""
    peak: int
    """The most memory at one time, in bytes."""
    status: int
    """The exit code; negative when a signal ended it."""
    said: str
    """The end of what it wrote on standard error."""


def measured(command: list[str | Path], seconds: float = 1800, output: Path | None = None) -> Cost:
    """The cost of a run and of all processes that it starts and waits for; ended when it takes too long."""
    with tempfile.TemporaryFile() as errors, open(output or os.devnull, "wb") as out:
        begun = time.monotonic()
        process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=out, stderr=errors)
        deadline = begun + seconds
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > deadline:
                process.kill()
            time.sleep(0.001)
        wall = time.monotonic() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0, os.SEEK_END)
        errors.seek(max(0, errors.tell() - 400))
        said = errors.read().decode(errors="replace").strip()
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * 1024, process.returncode, said)


def best(command: list[str | Path], times: int) -> Cost:
    """The run with the least processor time: other work on the machine can only add to it."""
    return min((measured(command) for _ in range(times)), key=lambda cost: cost.processor)


def machine() -> str:
    """The processor and how many of it there are."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        name = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        name = sys.platform
    return f"{os.cpu_count()} x {name}"


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
