#!/usr/bin/env python3
"""Measures cfnward against its own targets in one run and prints a page with what was asked and what was reached.

    tests/bench/targets.py TEMPLATES [--program cfnward]

TEMPLATES is a folder of a few thousand templates. Only the Python standard library is needed.
"""

import argparse
import datetime
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from measured import best, machine, measured, table

ROOT = Path(__file__).resolve().parents[2]
SMALL = """Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      VersioningConfiguration:
        Status: Enabled
"""
MEGABYTE = 1_000_000


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


def row(asked: str, limit: float, got: float, shown: str) -> list[str]:
    """A line of the table; what is asked is `at most` unless it begins with `at least`."""
    reached = got >= limit if asked.startswith("at least") else got <= limit
    return [asked, shown, "yes" if reached else "**no**"]


def big_json(path: Path, megabytes: int) -> None:
    """Writes a template of that size, half buckets and half roles, as programs write JSON."""
    tags = [{"Key": f"tag{number}", "Value": "v" * 40} for number in range(12)]
    statement = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": {"Fn::Sub": "arn:aws:s3:::${AWS::StackName}/*"}}
    policy = {"PolicyName": "data", "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]}, "Policies": [policy]}
    pair = {"Bucket": ("AWS::S3::Bucket", {"Tags": tags}), "Role": ("AWS::IAM::Role", role)}
    resources = {}
    size = len(json.dumps(pair, indent=1))
    for number in range(megabytes * MEGABYTE // size):
        for name, (kind, properties) in pair.items():
            resources[f"{name}{number}"] = {"Type": kind, "Properties": properties}
    path.write_text(json.dumps({"Resources": resources}, indent=1))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("templates", type=Path)
    arguments.add_argument("--program", type=Path, default=ROOT / "target/release/cfnward")
    given = arguments.parse_args()
    subprocess.run(["cargo", "build", "--quiet", "--package", "bench", "--bin", "cost", "--profile", "try"], cwd=ROOT, check=True)
    cost = ROOT / "target/try/cost"
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)

        def scan(what: Path, *flags: str | Path, threads: int = 1, kind: str = "json") -> list[str | Path]:
            report = ["--format", kind, "--output", scratch / "report"]
            return [given.program, "scan", what, "--no-local-config", "--threads", str(threads), *report, *flags]

        def say(what: str, line: list[str]) -> None:
            rows.append([what, *line])
            print(f"{what}: {line[1]}", file=sys.stderr, flush=True)

        trees = best([cost, "trees", given.templates], 3).processor
        one = best(scan(given.templates, "--pack", "all"), 3)
        say(f"whole scan of {given.templates.name}, all rules, one thread, against building its trees ({trees:.2f} s)",
            row("at most 2", 2, one.processor / trees, f"{one.processor / trees:.1f} ({one.processor:.2f} s)"))
        alone = min(measured(scan(given.templates)).wall for _ in range(3))
        both = min(measured(scan(given.templates, threads=2)).wall for _ in range(3))
        say("two threads against one, by the clock", row("at least 1.8", 1.8, alone / both, f"{alone / both:.2f}"))

        empty, small = scratch / "empty.yaml", scratch / "small.yaml"
        empty.write_text("Resources: {}\n")
        small.write_text(SMALL)
        # As people start it: JSON would write the descriptions of all rules.
        start = best(scan(empty, "--pack", "all", kind="terminal"), 40).processor
        say("start-up with all rules", row("at most 5 ms", 0.005, start, milliseconds(start)))
        wall = min(measured(scan(small, "--pack", "all", kind="terminal")).wall for _ in range(40))
        say("one small template, by the clock", row("at most 10 ms", 0.010, wall, milliseconds(wall)))

        for kind in ["terminal", "json-lines", "json", "sarif"]:
            peak = measured(scan(given.templates, kind=kind)).peak / MEGABYTE
            say(f"peak memory of the whole scan, `{kind}`", row("at most 64 MB", 64, peak, f"{peak:.0f} MB"))

        times = {}
        for resources in (2500, 5000):
            template = scratch / f"{resources}.yaml"
            with open(template, "wb") as out:
                subprocess.run([cost, "template", str(resources)], stdout=out, check=True)
            times[resources] = best(scan(template, "--pack", "all"), 3).processor
        ratio = times[5000] / times[2500]
        say("5,000 resources against 2,500", row("at most 2.2", 2.2, ratio, f"{ratio:.2f} ({times[5000]:.2f} s)"))

        for megabytes in (10, 20):
            big_json(scratch / f"{megabytes}.json", megabytes)
            command = scan(scratch / f"{megabytes}.json", "--pack", "all", "--limit", "file-size=100000000")
            times[megabytes] = best(command, 2).processor
        ratio = times[20] / times[10]
        say("20 MB of JSON in one template against 10 MB", row("at most 2.2", 2.2, ratio, f"{ratio:.2f} ({times[20]:.2f} s)"))

        hashes = best([cost, "hashes", given.templates], 5).processor
        cached = ["--pack", "all", "--cache", scratch / "cache"]
        cold = measured(scan(given.templates, *cached)).processor
        warm = best(scan(given.templates, *cached), 3).processor
        say(f"warm cache against reading and hashing the bytes ({hashes:.2f} s)",
            row("at most 1.5", 1.5, warm / hashes, f"{warm / hashes:.1f} ({warm:.2f} s; cold {cold:.2f} s)"))
    version = subprocess.run([given.program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    print(f"""# What {version.split()[0]} is to reach, and what it does

<!-- Written by tests/bench/targets.py; run it again rather than change it. -->

{datetime.date.today():%d %B %Y}, {version}, {machine()}. Processor time where the clock is not named, each the best of a few runs
in one go, `--format json` into a file where no format is named, that for terminals for start-up and the small template. Everything is measured as a process from outside, start-up and
reading included.

{table(["what", "asked", "measured", "reached"], rows)}

How it compares with other programs is in [peers.md](peers.md).

```console
$ tests/bench/targets.py FOLDER_OF_TEMPLATES
```""")


if __name__ == "__main__":
    main()
