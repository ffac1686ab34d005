#!/usr/bin/env python3
"""Keeps the ledgers of what was tried, and writes the page that shows it.

    tests/hostile/results.py add LEDGER TARGET --log FILE --cost FILE    (what run.sh calls after each target)
    tests/hostile/results.py page --museum FOLDER [--program cfnward] > tests/hostile/results.md

FOLDER holds the pieces of the museum, which the tests put there: CFNWARD_MUSEUM=FOLDER cargo test --test it museum limits
Only the Python standard library is needed.
"""

import argparse
import datetime
import json
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests/bench"))

from measured import machine, measured, table  # noqa: E402

FUZZING = HERE / "fuzzing.tsv"
MUTATIONS = HERE / "mutations.tsv"
HEAD = ["date", "commit", "target", "seconds", "inputs", "panics", "hangs"]
LIMITS = ROOT / "src/diag/limits.rs"


def commit() -> str:
    said = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True)
    return said.stdout.strip()


def add(given: argparse.Namespace) -> None:
    """Adds a line to the ledger of fuzzing, at once, so that several runs can share it."""
    log = given.log.read_text(errors="replace")
    inputs = re.findall(r"stat::number_of_executed_units:\s*(\d+)", log)
    # libFuzzer stops at the first thing that it finds.
    hang = "SUMMARY: libFuzzer: timeout" in log
    panic = "SUMMARY: libFuzzer" in log and not hang
    seconds = sum(float(word) for word in given.cost.read_text().split()[-2:])
    line = [f"{datetime.date.today()}", commit(), given.target, f"{seconds:.0f}", inputs[-1] if inputs else "0", f"{panic:d}", f"{hang:d}"]
    head = "" if given.ledger.exists() else "\t".join(HEAD) + "\n"
    with open(given.ledger, "a") as ledger:
        ledger.write(head + "\t".join(line) + "\n")


def rows(ledger: Path) -> list[dict[str, str]]:
    if not ledger.exists():
        return []
    head, *lines = (line.split("\t") for line in ledger.read_text().splitlines() if line)
    return [dict(zip(head, line)) for line in lines]


def fuzzed() -> tuple[str, float]:
    """The table of fuzzing, and its hours of processor time."""
    targets = re.findall(r'new\("([a-z-]+)"', (HERE / "src/targets/mod.rs").read_text())
    sums: dict[str, list[float]] = defaultdict(lambda: [0, 0, 0, 0])
    for row in rows(FUZZING):
        for place, key in enumerate(["inputs", "seconds", "panics", "hangs"]):
            sums[row["target"]][place] += float(row[key])
    lines = []
    for target in targets + sorted(set(sums) - set(targets)):
        inputs, seconds, panics, hangs = sums[target]
        cases = HERE / "cases" / target
        kept = sum(1 for _ in cases.iterdir()) if cases.is_dir() else 0
        lines.append([f"`{target}`", f"{inputs:,.0f}", f"{panics:.0f}", f"{hangs:.0f}", str(kept), f"{seconds / 3600:.2f}"])
    inputs, seconds, panics, hangs = (sum(one[place] for one in sums.values()) for place in range(4))
    lines.append(["all", f"{inputs:,.0f}", f"{panics:.0f}", f"{hangs:.0f}", "", f"{seconds / 3600:.2f}"])
    return table(["target", "inputs tried", "panics found", "hangs found", "cases kept", "hours of processor"], lines), seconds / 3600


def mutated() -> str:
    sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows(MUTATIONS):
        one = sums[row["of"]]
        for key, value in row.items():
            if key == "slowest":
                one[key] = max(one[key], int(value))
            elif value.isdigit() and key not in ("commit", "date"):
                one[key] += int(value)
    if not sums:
        return "Nothing was written down yet."
    head = ["templates, copies of each", "templates", "damages of bytes", "of nodes", "no longer text, and refused", "panics", "hangs over 1 s",
            "bad spans", "not UTF-8", "not SARIF", "slowest scan", "hours of processor"]
    keys = ["templates", "bytes", "nodes", "refused", "panics", "hangs", "spans", "utf-8", "sarif"]
    lines = [[of, *(f"{one[key]:,}" for key in keys), f"{one['slowest']} ms", f"{one['seconds'] / 3600:.2f}"] for of, one in sums.items()]
    return table(head, lines)


def shown(museum: Path, program: Path) -> tuple[str, int, int]:
    """Each piece of the museum as the program takes it, alone in a process; how many there are, and for how many the finding
    of the good template was lost."""
    limits = {code: [] for _, code in limit_codes()}
    for name, code in limit_codes():
        limits[code].append(name)
    lines, lost = [], 0
    for place in sorted(museum.iterdir()):
        arguments = json.loads((place / "arguments.json").read_text())
        with tempfile.NamedTemporaryFile() as report:
            cost = measured(["env", "-C", place / "piece", program, *arguments], seconds=120, output=Path(report.name))
            text = Path(report.name).read_text(errors="replace")
        try:
            said = json.loads(text)
        except ValueError:
            said = None
        problems = said["problems"] if said else []
        codes = sorted({problem["code"] for problem in problems if problem["code"] in limits})
        reached = []
        for code in codes:
            messages = " ".join(problem["message"] for problem in problems if problem["code"] == code)
            named = [name for name in limits[code] if f"`{name}`" in messages]
            reached += named or (limits[code] if len(limits[code]) == 1 else [f"({code})"])
        test, _, piece = place.name.partition(".")
        paths = {finding["path"] for finding in said["findings"]} if said else set()
        # A limit that was lowered so far that it counts for that one too is said of it.
        paths |= {problem["path"] for problem in problems}
        lost += (place / "piece/good.yaml").exists() and "good.yaml" not in paths
        findings = len(said["findings"]) if said else "no report"
        lines.append([test.split("-", 1)[-1].replace("_", " "), f"`{piece}`", str(cost.status), str(findings), str(len(problems)), ", ".join(reached),
                      f"{cost.peak / 1e6:.0f} MB", f"{cost.processor * 1000:.0f} ms"])
    return table(["test", "piece", "exit code", "findings", "problems", "limits reached", "peak memory", "processor"], lines), len(lines), lost


def limit_codes() -> list[tuple[str, str]]:
    """The limits, each with the id of the problem that says that it was reached."""
    codes = dict(re.findall(r'(\w+) = "([\w.-]+)", \w+;', (ROOT / "src/diag/problem.rs").read_text()))
    found = re.findall(r'\w+ = "([\w-]+)", [^;]*?, (\w+);', LIMITS.read_text())
    return [(name, codes[code]) for name, code in found]


def budgets() -> str:
    """Where each limit is reached by a test."""
    tests = {path.name: path.read_text() for path in sorted((ROOT / "tests/it").glob("*.rs"))}
    lines = []
    for name, code in limit_codes():
        where = [file for file, text in tests.items() if f'"{name}"' in text or f"{name}=" in text or f'"{code}"' in text]
        if "limits.rs" not in where:
            raise SystemExit(f"no test reaches the limit `{name}`")
        lines.append([f"`{name}`", f"`{code}`", ", ".join(f"`{file}`" for file in where if file != "security_page.rs")])
    return table(["limit", "problem that says so", "reached in `tests/it`"], lines)


def page(given: argparse.Namespace) -> None:
    version = subprocess.run([given.program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    museum, pieces, lost = shown(given.museum.resolve(), given.program.resolve())
    fuzzing, hours = fuzzed()
    print(f"""# What was tried against {version.split()[0]}, and what came of it

<!-- Written by tests/hostile/results.py; run it again rather than change it. -->

{datetime.date.today():%d %B %Y}, {version}, {commit()}, {machine()}. What is hostile, and how it is tried, is in [README.md](README.md).

## Fuzzing

{hours:.1f} hours of processor time, added up over all runs ([fuzzing.tsv](fuzzing.tsv)). What a target must hold is more than not to
panic: see `src/targets`. A hang is an input that takes longer than the time limit of a run. What was found was mended, and is kept as a
case that `cargo test` tries.

{fuzzing}

```console
$ LEDGER=tests/hostile/fuzzing.tsv tests/hostile/run.sh 3600
```

## Damaged templates

Half of the damages are done to bytes, words and lines, half to nodes of the document. A hang is a scan that takes more than a
second of processor time ([mutations.tsv](mutations.tsv)). A part that a fault ends is not in the table until it was done again: five
were ended by mappings and conditions that lead back to themselves, which took the whole stack until that was mended.

{mutated()}

```console
$ cargo run --package hostile --bin mutate --profile try -- 100 --ledger tests/hostile/mutations.tsv --part 1/8 FOLDER
```

## The museum

{pieces} pieces, {lost} lost findings: most lie beside a template that is judged all the same. Measured as a process of its own, with two
threads. Exit code 1 says that there are findings.

{museum}

```console
$ CFNWARD_MUSEUM=FOLDER cargo test --test it -- museum limits
$ tests/hostile/results.py page --museum FOLDER --program target/release/cfnward > tests/hostile/results.md
```

## Limits

Reaching one is a problem with a place and takes nothing from what else there is to find: `tests/it/limits.rs` goes through the table and
fails for a limit that nothing reaches.

{budgets()}""")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    adding = commands.add_parser("add")
    adding.add_argument("ledger", type=Path)
    adding.add_argument("target")
    adding.add_argument("--log", type=Path, required=True)
    adding.add_argument("--cost", type=Path, required=True)
    adding.set_defaults(run=add)
    paging = commands.add_parser("page")
    paging.add_argument("--museum", type=Path, required=True)
    paging.add_argument("--program", type=Path, default=ROOT / "target/release/cfnward")
    paging.set_defaults(run=page)
    given = parser.parse_args()
    given.run(given)


if __name__ == "__main__":
    main()
