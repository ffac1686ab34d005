#!/usr/bin/env python3
"""Compares cfnward with its peers, on the same templates in one run, and prints a page with the ratios.

    tests/bench/peers.py TEMPLATES [--number N] [--program cfnward] [--tools target/peers]

TEMPLATES is a folder. Of its templates N are taken (220), evenly spread over their names, so that everybody can take the same.
The peers are installed from PyPI and crates.io on first use. Only the Python standard library is needed.
"""

import argparse
import datetime
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from measured import Cost, machine, measured, table

ROOT = Path(__file__).resolve().parents[2]
PYTHON_PEERS = ["checkov==3.3.30", "cfn-lint==1.58.0", "cloudformation-validate==1.14.0"]
GUARD = "3.2.1"
ENDINGS = (".yaml", ".yml", ".json", ".template")

# Starts AWS's engine once, as its page advises, and gives it each template; the Guard rules are optional.
VALIDATE = """
import sys
from pathlib import Path
from cloudformation_validate import (
    CompositeEngine, CompositeEngineConfig, ValidateConfig, ValidationError, file_to_external_rule_source)
templates, rules = sys.argv[1], sys.argv[2:]
given = [file_to_external_rule_source(path) for path in rules]
engine = CompositeEngine(CompositeEngineConfig(guard_rules=given) if given else CompositeEngineConfig())
config = ValidateConfig(disable_builtin_rules=True) if given else ValidateConfig()
said = refused = 0
for path in sorted(Path(templates).iterdir()):
    try:
        said += len(engine.validate_template(path, config).diagnostics)
    except (ValidationError, ValueError):
        refused += 1
print(f"{said} diagnostics, {refused} templates refused", file=sys.stderr)
"""


def install(tools: Path) -> None:
    if not (tools / "venv/bin/checkov").exists():
        subprocess.run([sys.executable, "-m", "venv", tools / "venv"], check=True)
        pip = [tools / "venv/bin/pip", "--quiet", "--disable-pip-version-check", "install", *PYTHON_PEERS]
        subprocess.run(pip, check=True)
    if not (tools / "bin/cfn-guard").exists():
        cargo = ["cargo", "install", "--quiet", "--locked", "--root", tools, "--version", GUARD, "cfn-guard"]
        subprocess.run(cargo, check=True)


def sample(folder: Path, number: int, to: Path) -> int:
    """Copies so many templates; gives their size in bytes."""
    paths = sorted(path for path in folder.iterdir() if path.suffix in ENDINGS)
    if not paths:
        sys.exit(f"{folder} has no templates")
    step = max(1, len(paths) // number)
    chosen = paths[::step][:number]
    for path in chosen:
        shutil.copy(path, to / path.name)
    return sum(path.stat().st_size for path in chosen)


def rule_files() -> list[Path]:
    return sorted(path for path in (ROOT / "rules/aws").rglob("*.guard"))


def runs(tools: Path, templates: Path) -> list[tuple[str, str, list]]:
    """Who, with what, and the command."""
    python, lint = tools / "venv/bin/python", tools / "venv/bin/cfn-lint"
    guard = [tools / "bin/cfn-guard", "validate", "--data", templates, "--show-summary", "none", "--rules"]
    files = rule_files()
    validate = [python, "-c", VALIDATE, templates]
    return [
        ("cfn-guard " + GUARD, f"our {len(files)} rule files", [*guard, ROOT / "rules/aws"]),
        (PYTHON_PEERS[2].replace("==", " "), "its own rules", validate),
        (PYTHON_PEERS[2].replace("==", " "), f"our {len(files)} rule files", [*validate, *files]),
        (PYTHON_PEERS[0].replace("==", " "), "its own rules",
         [tools / "venv/bin/checkov", "--directory", templates, "--framework", "cloudformation", "--compact", "--quiet",
          "--skip-download", "--output", "json"]),
        (PYTHON_PEERS[1].replace("==", " "), "its own rules", [lint, "--template", *sorted(templates.iterdir())]),
    ]


def ours(program: Path, templates: Path, cache: Path | None = None) -> Cost:
    rules = ["--pack", "all", "--threads", "1", "--format", "json", "--no-local-config"]
    kept = ["--cache", cache] if cache else []
    costs = [measured([program, "scan", templates, *rules, *kept]) for _ in range(5)]
    return min(costs, key=lambda cost: cost.processor)


def end(cost: Cost) -> str:
    last = cost.said.splitlines()[-1] if cost.said else ""
    return f"exit code {cost.status}" + (f": {last}" if "Error" in last or "refused" in last else "")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("templates", type=Path)
    arguments.add_argument("--number", type=int, default=220, help="how many templates are taken")
    arguments.add_argument("--program", type=Path, default=ROOT / "target/release/cfnward")
    arguments.add_argument("--tools", type=Path, default=ROOT / "target/peers")
    given = arguments.parse_args()
    install(given.tools)
    with tempfile.TemporaryDirectory() as folder:
        templates = Path(folder, "templates")
        templates.mkdir()
        size = sample(given.templates, given.number, templates)
        count = len(list(templates.iterdir()))
        first = ours(given.program, templates)
        rows = []
        for name, rules, command in runs(given.tools, templates):
            print(f"{name}, {rules} ...", file=sys.stderr, flush=True)
            cost = measured(command)
            rows.append((name, rules, cost))
        # Once more behind the others: the better of the two is taken for us as for everybody's single run.
        again = ours(given.program, templates)
    own = min(first, again, key=lambda cost: cost.processor)
    version = subprocess.run([given.program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    lines = [[f"**{version}**", "all built-in rules", f"{own.processor:.2f} s", f"{own.peak / 1e6:.0f} MB", "1", end(own)]]
    for name, rules, cost in rows:
        ratio = f"{cost.processor / own.processor:.0f}"
        lines.append([name, rules, f"{cost.processor:.2f} s", f"{cost.peak / 1e6:.0f} MB", ratio, end(cost)])
    print(f"""# cfnward and its peers

<!-- Written by tests/bench/peers.py; run it again rather than change it. -->

{datetime.date.today():%d %B %Y}, {machine()}. {count} templates, {size / 1e6:.1f} MB, scanned by each program in one process,
start-up included; processor time, the system's part too. cfnward runs on one thread without a cache, the best of ten runs; its
peers run once. The ratio is their time through ours.

{table(["program", "rules", "processor time", "peak memory", "ratio", "ended with"], lines)}

The rules are not the same: cfn-lint and cloudformation-validate look for mistakes as well as for security, and the rows with
our rule files let them judge templates as they are written, where cfnward resolves parameters, conditions and references first.

```console
$ tests/bench/peers.py FOLDER_OF_TEMPLATES
```""")


if __name__ == "__main__":
    main()
