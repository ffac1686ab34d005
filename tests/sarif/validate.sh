#!/usr/bin/env bash
# Validates SARIF logs with the official schema and with Microsoft's Multitool (SARIF rules and GitHub's rules).
#
#   tests/sarif/validate.sh TOOLS LOG...
#
# TOOLS is a folder for the two validators; they are installed there on first use (npm, PyPI) and found again later.
# A LOG is a SARIF file or one of our snapshots of one. Exit code: 0 all are clean, 1 one is not, 2 the tools failed.
set -euo pipefail

if [ $# -lt 2 ]; then
  sed -n '2,7p' "$0" >&2
  exit 2
fi
tools=$(mkdir -p "$1" && cd "$1" && pwd)
shift

# The versions are pinned: a new Multitool brings new rules.
multitool_package=@microsoft/sarif-multitool-linux
package=$tools/node_modules/$multitool_package
multitool=$package/Sarif.Multitool
if [ ! -f "$multitool" ]; then
  npm install --prefix "$tools" --ignore-scripts --no-audit --no-fund --silent "$multitool_package@5.7.0" || exit 2
fi
# The package's own launcher passes arguments through a shell unquoted and would run what follows the `;` below as a
# command, so the program is called directly. npm does not keep its executable bit.
chmod u+x "$multitool" || exit 2
schema=$package/sarif-2.1.0.json

checker=$tools/venv/bin/check-jsonschema
if [ ! -x "$checker" ]; then
  # Without the second package the format of URIs is not checked, silently.
  { python3 -m venv "$tools/venv" &&
    "$tools/venv/bin/pip" --quiet install check-jsonschema==0.39.0 rfc3986-validator==0.1.1; } || exit 2
fi

# The program is .NET in one file: it needs no ICU when told so, and unpacks itself somewhere.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
export DOTNET_BUNDLE_EXTRACT_BASE_DIR=$tools/unpacked

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Most of GitHub's rules are off unless a configuration names them. GH1004 stays off: its limits are older than GitHub's
# present ones. SARIF2002 asks for message ids, which GH1007 forbids. SARIF2006 fetches every link.
configuration=$work/rules.xml
switch() {
  printf '<Properties Key="%s.Options"><Property Key="RuleEnabled" Value="%s" Type="%s" /></Properties>\n' \
    "$1" "$2" Driver.RuleEnabledState
}
{
  echo '<?xml version="1.0" encoding="utf-8"?><Properties>'
  for rule in GH1001.ProvideRequiredLocationProperties GH1002.InlineThreadFlowLocations \
    GH1003.ProvideRequiredRegionProperties GH1005.LocationsMustBeRelativeUrisOrFilePaths GH1006.ProvideCheckoutPath \
    GH1007.ProvideFullyFormattedMessageStrings; do
    switch "$rule" Error
  done
  switch SARIF2002.ProvideMessageArguments Disabled
  switch SARIF2006.UrisShouldBeReachable Disabled
  echo '</Properties>'
} > "$configuration"
failed=0
for log in "$@"; do
  echo "$log"
  sarif=$work/log.sarif
  report=$work/report.sarif
  rm -f "$report"
  case $log in
    # A snapshot begins with a few lines between two rules of dashes.
    *.snap) awk 'dashes >= 2; /^---$/ { dashes++ }' "$log" > "$sarif" ;;
    *) cp "$log" "$sarif" ;;
  esac
  "$checker" --schemafile "$schema" "$sarif" || failed=1
  # It skips files above a size and exits with 0 whatever it finds: the size is raised and the report is read.
  "$multitool" validate "$sarif" --rule-kind 'Sarif;Gh' --level 'Error;Warning' --output "$report" \
    --log ForceOverwrite --config "$configuration" --max-file-size-in-kb 100000 > "$work/said" 2>&1 || true
  status=0
  python3 - "$report" <<'PYTHON' || status=$?
import json
import sys

try:
    with open(sys.argv[1], encoding="utf-8-sig") as file:
        run = json.load(file)["runs"][0]
except (OSError, ValueError, LookupError) as error:
    print(f"  the Multitool wrote no report: {error}")
    sys.exit(2)
invocation = (run.get("invocations") or [{}])[0]
lists = ("toolConfigurationNotifications", "toolExecutionNotifications")
broken = [note for name in lists for note in invocation.get(name, []) if note.get("level") == "error"]
for note in broken:
    print("  the Multitool failed:", note.get("message", {}).get("text"))
if broken or not invocation.get("executionSuccessful"):
    sys.exit(2)
for result in run.get("results", []):
    region = result.get("locations", [{}])[0].get("physicalLocation", {}).get("region", {})
    message = result.get("message", {})
    print(f"  {result.get('level', 'warning')} {result['ruleId']} line {region.get('startLine')}:",
          message.get("text") or " ".join(message.get("arguments", [])))
sys.exit(1 if run.get("results") else 0)
PYTHON
  case $status in
    0) ;;
    1) failed=1 ;;
    *) cat "$work/said" >&2; exit 2 ;;
  esac
done
exit $failed
