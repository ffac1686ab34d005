#!/usr/bin/env bash
# Validates reports with the parsers and schemas of those who read them.
#
#   tests/formats/validate.sh TOOLS REPORTS
#
# TOOLS is a folder for the validators; they are installed there on first use (npm, PyPI) and found again later. REPORTS
# holds files named NAME.FORMAT, such as `examples.junit`. Exit code: 0 all are clean, 1 one is not, 2 the tools failed.
set -euo pipefail

if [ $# -ne 2 ]; then
  sed -n '2,7p' "$0" >&2
  exit 2
fi
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
reports=$(cd "$2" && pwd)
tools=$(mkdir -p "$1" && cd "$1" && pwd)

# The versions are pinned: README.md names them.
rdformat=$tools/node_modules/@umbrelladocs/rdformat-validator/bin/rdformat-validator.js
vnu=$tools/node_modules/vnu-jar/build/dist/vnu.jar
if [ ! -f "$rdformat" ] || [ ! -f "$vnu" ]; then
  npm install --prefix "$tools" --ignore-scripts --no-audit --no-fund --silent \
    @umbrelladocs/rdformat-validator@1.0.1 vnu-jar@26.9.27 || exit 2
fi
python=$tools/venv/bin/python
if [ ! -x "$tools/venv/bin/check-jsonschema" ]; then
  { python3 -m venv "$tools/venv" && "$tools/venv/bin/pip" --quiet --disable-pip-version-check install \
    check-jsonschema==0.39.0 py-ocsf-models==0.10.0 xmlschema==4.1.0; } || exit 2
fi
# Jenkins' schema is no package of its own; pytest checks its own reports with a copy.
xsd=$tools/junit-10.xsd
if [ ! -f "$xsd" ]; then
  { "$tools/venv/bin/pip" --quiet --disable-pip-version-check download --no-deps --no-binary :all: \
    --dest "$tools/pytest" pytest==8.4.2 &&
    tar --extract --gzip --to-stdout --file "$tools/pytest/pytest-8.4.2.tar.gz" \
      pytest-8.4.2/testing/example_scripts/junit-10.xsd > "$xsd.part" && mv "$xsd.part" "$xsd"; } || exit 2
fi

failed=0
said() {
  if [ "$2" -eq 0 ]; then echo "  clean: $1"; else echo "  NOT CLEAN: $1"; failed=1; fi
}
# of FORMAT: the reports of a format; there must be some.
of() {
  local files
  files=$(find "$reports" -name "*.$1" | LC_ALL=C sort)
  if [ -z "$files" ]; then
    echo "no report of format $1 in $reports" >&2
    exit 2
  fi
  echo "$files"
}

for format in gitlab-sast gitlab-codequality sonarqube ocsf; do
  echo "$format"
  files=$(of "$format") || exit 2
  while read -r file; do
    status=0
    "$tools/venv/bin/check-jsonschema" --quiet --schemafile "$here/schemas/$format.schema.json" "$file" || status=$?
    said "$file" "$status"
  done <<< "$files"
done

echo rdjsonl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
files=$(of rdjsonl) || exit 2
while read -r file; do
  # The validator reads one document: that of all lines together.
  "$python" -c 'import json, sys; print(json.dumps({"diagnostics": [json.loads(line) for line in open(sys.argv[1])]}))' \
    "$file" > "$work/report.json"
  status=0
  node "$rdformat" --strict --no-extra-fields "$work/report.json" > "$work/said" 2>&1 || status=$?
  [ "$status" -eq 0 ] || cat "$work/said"
  said "$file" "$status"
done <<< "$files"

echo html
files=$(of html) || exit 2
if command -v java > /dev/null; then
  while read -r file; do
    status=0
    cp "$file" "$work/report.html"
    # The checker computes no hashes, so it takes our style and script for forbidden; everything else it says counts.
    java -jar "$vnu" --format text --filterpattern '.*Content Security Policy.*' "$work/report.html" || status=$?
    said "$file" "$status"
  done <<< "$files"
else
  echo "  skipped: java is missing (apt-get install default-jre-headless)"
fi

echo "junit, checkstyle, csv, json-lines, ocsf"
"$python" - "$xsd" "$reports" <<'PYTHON' || failed=1
import csv
import json
import pathlib
import sys
import xml.etree.ElementTree as tree

import xmlschema
from py_ocsf_models.events.findings.compliance_finding import ComplianceFinding

schema = xmlschema.XMLSchema10(sys.argv[1])
reports = pathlib.Path(sys.argv[2])
failed = False


def each(extension, check):
    global failed
    files = sorted(reports.glob("*." + extension))
    assert files, "no report of format " + extension
    for file in files:
        try:
            check(file)
            print("  clean:", file)
        except Exception as problem:  # whatever a parser says
            failed = True
            print("  NOT CLEAN:", file, problem)


def junit(file):
    document = tree.parse(file)
    # A count that JUnit's Ant task writes for each suite only.
    document.getroot().attrib.pop("skipped", None)
    for case in document.iter("testcase"):
        # GitLab and CircleCI read these two; the schema of Jenkins does not have them.
        case.attrib.pop("file", None)
        case.attrib.pop("line", None)
    schema.validate(tree.tostring(document.getroot(), encoding="unicode"))


def checkstyle(file):
    root = tree.parse(file).getroot()
    assert root.tag == "checkstyle"
    for entry in root.findall("file/error"):
        assert entry.get("severity") in {"error", "warning", "info", "ignore"}, entry.attrib
        assert int(entry.get("line")) > 0 and int(entry.get("column")) > 0 and entry.get("message")


def rows(file):
    with open(file, newline="", encoding="utf-8") as text:
        read = list(csv.reader(text, strict=True))
    assert len(read) > 1 and {len(row) for row in read} == {20}, {len(row) for row in read}
    assert not [cell for row in read for cell in row if cell[:1] in set("=+-@\t\r")]


def lines(file):
    read = [json.loads(line) for line in open(file, encoding="utf-8")]
    assert read[-1]["type"] == "summary"


def ocsf(file):
    for event in json.load(open(file, encoding="utf-8")):
        ComplianceFinding.model_validate(event)


each("junit", junit)
each("checkstyle", checkstyle)
each("csv", rows)
each("json-lines", lines)
each("ocsf", ocsf)
sys.exit(failed)
PYTHON
exit $failed
