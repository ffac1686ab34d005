#!/usr/bin/env bash
# Runs the shell steps of action.yml as GitHub would, against a scratch repository, with a program that was built before.
#
#   tests/action/run.sh PROGRAM
#
# The environment of the steps is made here. What is not tried: the upload itself, and the expressions of action.yml.
set -euo pipefail

program=$(realpath "$1")
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.com GIT_COMMITTER_NAME=A GIT_COMMITTER_EMAIL=a@example.com
export RUNNER_TEMP=$scratch/runner GITHUB_OUTPUT=$scratch/output GITHUB_STEP_SUMMARY=$scratch/page GITHUB_REPOSITORY=o/r
export GITHUB_ACTION_PATH=$scratch/action
log=$scratch/log
cases=0

die() {
    printf 'tests/action/run.sh: %s\n' "$*" >&2
    cat "$log" >&2 || true
    exit 1
}

# step SCRIPT: a step of the action; its exit code is in `code`, what it says in the file `log`.
step() {
    code=0
    "$GITHUB_ACTION_PATH/.github/action/$1" >"$log" 2>&1 || code=$?
}

# expect WHAT FOUND WANTED
expect() {
    cases=$((cases + 1))
    [[ $2 == "$3" ]] || die "$1: $2, not $3"
}

expect_said() {
    cases=$((cases + 1))
    grep -qF -- "$1" "$log" || die "nothing is said of: $1"
}

output() {
    sed -n "s/^$1=//p" "$GITHUB_OUTPUT" | tail -n 1
}

# As the inputs of action.yml are when nothing is given.
defaults() {
    rm -rf "$RUNNER_TEMP" "$GITHUB_OUTPUT" "$GITHUB_STEP_SUMMARY"
    mkdir -p "$RUNNER_TEMP"
    : >"$GITHUB_OUTPUT"
    : >"$GITHUB_STEP_SUMMARY"
    export PROGRAM=$program INPUT_VERSION='' INPUT_PATHS=. INPUT_CONFIG='' INPUT_BASELINE='' INPUT_FAIL_ON=high
    export INPUT_DIFF_ONLY=auto INPUT_BASE='' INPUT_TRUST_CHANGE=false INPUT_REQUIRE_COMPLETE=false INPUT_SARIF_FILE=''
    export INPUT_UPLOAD_SARIF=auto INPUT_ANNOTATIONS=auto INPUT_SUMMARY=true INPUT_ARGUMENTS=''
    export EVENT_BASE='' EVENT_HEAD_REPOSITORY='' EVENT_AUTHOR='' GITHUB_SHA=''
}

# The gate after a scan, when the upload ended as `$1` says.
gate() {
    EXIT_CODE=$(output exit-code) NEW_FINDINGS=$(output new-findings) ANNOTATIONS_FILE=$(output annotations-file)
    export EXIT_CODE NEW_FINDINGS ANNOTATIONS_FILE UPLOAD=$1
    step gate.sh
}

count_sarif() {
    python3 -c 'import json, sys; print(len(json.load(open(sys.argv[1]))["runs"][0]["results"]))' "$(output sarif-file)"
}

# ---- install ----

mkdir -p "$GITHUB_ACTION_PATH/.github"
cp -r "$project/.github/action" "$GITHUB_ACTION_PATH/.github/action"
# What is released here only hands over to the program: packing it takes long.
mkdir "$scratch/release"
printf '#!/bin/sh\nexec "%s" "$@"\n' "$program" >"$scratch/release/cfnward"
chmod +x "$scratch/release/cfnward"
tar -czf "$scratch/release.tar.gz" -C "$scratch/release" cfnward
sum=$(sha256sum "$scratch/release.tar.gz" | cut -d ' ' -f 1)
releases=$GITHUB_ACTION_PATH/.github/action/releases.txt
platform=$(uname -m)-unknown-linux-musl
address=file://$scratch/release.tar.gz

defaults
printf '%s\n' "1.0.0 other-platform 00 file:///nowhere" "1.0.0 $platform $sum $address" >>"$releases"
step install.sh
expect "a release whose checksum is right" "$code" 0
expect "the program that was brought" "$("$(output program)" --version)" "$("$program" --version)"

export INPUT_VERSION=v1.0.0
step install.sh
expect "a release that was named" "$code" 0

export INPUT_VERSION=2.0.0
step install.sh
expect "a release that is not listed" "$code" 2
expect_said "version 2.0.0 is not listed"

defaults
printf '1.1.0 %s %064d %s\n' "$platform" 0 "$address" >>"$releases"
step install.sh
expect "an archive that was replaced" "$code" 2
expect_said "is not the one that was released"
expect "nothing is run of it" "$(output program)" ""

# Without a release the source is built; a cargo of ours only says how it was called.
defaults
mkdir -p "$scratch/bin"
cat >"$scratch/bin/cargo" <<'CARGO'
#!/usr/bin/env bash
echo "in $PWD: cargo $*"
while [[ $1 != --root ]]; do shift; done
mkdir -p "$2/bin"
cp "$RELEASED" "$2/bin/cfnward"
CARGO
chmod +x "$scratch/bin/cargo"
RELEASED=$scratch/release/cfnward INPUT_VERSION=source PATH="$scratch/bin:$PATH" step install.sh
expect "the source" "$code" 0
expect_said "in $GITHUB_ACTION_PATH: cargo install --quiet --locked --path ."

# ---- scan and gate ----

repository=$scratch/repository
mkdir "$repository"
cd "$repository"
git init --quiet --initial-branch main
disk() {
    printf '  %s:\n    Type: AWS::EC2::Volume\n    Properties: {AvailabilityZone: a, Size: 1}\n' "$1"
}
{
    echo Resources:
    disk Old
} >'a disk.yaml'
git add .
git commit --quiet --message begin

defaults
step scan.sh
expect "a push" "$code" 0
expect "findings" "$(output findings)" 1
expect "new findings, nothing being compared" "$(output new-findings)" 1
expect "highest severity" "$(output highest-severity)" high
expect "exit code" "$(output exit-code)" 1
expect "upload" "$(output upload)" true
expect "results in SARIF" "$(count_sarif)" 1
grep -q Old "$GITHUB_STEP_SUMMARY" || die "the summary page says nothing of the finding"
gate success
expect "the gate" "$code" 1
grep -q '^::error.*file=' "$log" && die "annotations besides code scanning"
gate failure
expect_said "refused the upload"
grep -q '^::error.*file=a disk.yaml' "$log" || die "no annotation where the upload was refused"
expect "the gate after a refused upload" "$code" 1

defaults
export INPUT_FAIL_ON=critical INPUT_SARIF_FILE=$scratch/here.sarif INPUT_UPLOAD_SARIF=false INPUT_SUMMARY=false
step scan.sh
expect "exit code below the threshold" "$(output exit-code)" 0
expect "the file that was asked for" "$(output sarif-file)" "$scratch/here.sarif"
expect "no upload" "$(output upload)" false
expect "no summary" "$(cat "$GITHUB_STEP_SUMMARY")" ""
gate skipped
expect "the gate" "$code" 0
grep -q 'file=a disk.yaml' "$log" || die "no annotation without upload"

# A pull request, checked out as its merge with the base.
base=$(git rev-parse HEAD)
git switch --quiet --create work
disk New >>'a disk.yaml'
git commit --quiet --all --message new
git switch --quiet main
echo more >other.txt
git add .
git commit --quiet --message elsewhere
git merge --quiet --no-ff --no-edit work
defaults
export EVENT_BASE=$base EVENT_HEAD_REPOSITORY=o/r GITHUB_SHA
GITHUB_SHA=$(git rev-parse HEAD)
step scan.sh
expect "findings of a pull request" "$(output findings)" 2
expect "what it introduces" "$(output new-findings)" 1
expect "results in SARIF: all, as code scanning compares by itself" "$(count_sarif)" 2
grep -q New "$GITHUB_STEP_SUMMARY" || die "the summary lacks what is new"
expect "upload of a pull request" "$(output upload)" true
gate success
expect "the gate of a pull request" "$code" 1

# Its head checked out instead, which happens to be a merge itself.
merge=$GITHUB_SHA
git switch --quiet --create head work
disk Newer >>'a disk.yaml'
git commit --quiet --all --message newer
git merge --quiet --no-ff --no-edit main
: >"$GITHUB_OUTPUT"
GITHUB_SHA=0000000000000000000000000000000000000000 step scan.sh
expect "what the head introduces since the base" "$(output new-findings)" 2
git switch --quiet main

# The same from a fork, and with a clone that is as shallow as actions/checkout makes it.
export EVENT_HEAD_REPOSITORY=somebody/r
: >"$GITHUB_OUTPUT"
step scan.sh
expect "upload of a fork" "$(output upload)" false
expect_said "a pull request of a fork"
gate skipped
grep -q '^::error.*file=a disk.yaml' "$log" || die "no annotation for a fork"
export EVENT_HEAD_REPOSITORY=o/r EVENT_AUTHOR='dependabot[bot]'
: >"$GITHUB_OUTPUT"
step scan.sh
expect "upload of Dependabot" "$(output upload)" false

git -c protocol.file.allow=always clone --quiet --depth 1 "file://$repository" "$scratch/shallow"
cd "$scratch/shallow"
defaults
export EVENT_BASE=$base EVENT_HEAD_REPOSITORY=o/r GITHUB_SHA=$merge
step scan.sh
expect "the history that is missing is fetched" "$(output new-findings)" 1
git remote set-url origin file:///nowhere
rm -rf "$scratch/shallow2"
git clone --quiet --depth 1 "file://$repository" "$scratch/shallow2"
cd "$scratch/shallow2"
git remote set-url origin file:///nowhere
: >"$GITHUB_OUTPUT"
step scan.sh
expect "without history everything counts" "$(output new-findings)" 2
expect_said "fetch-depth: 2"
: >"$GITHUB_OUTPUT"
INPUT_DIFF_ONLY=true step scan.sh
expect "what was asked for cannot be done" "$(output exit-code)" 2
expect "no SARIF" "$(output sarif-file)" ""
gate skipped
expect "the gate then" "$code" 2

# Inputs are arguments, never shell.
cd "$repository"
defaults
# shellcheck disable=SC2016 # it must not expand
export INPUT_PATHS=$'a disk.yaml\n$(touch trapped)' INPUT_ARGUMENTS=$'--rule\nebs_volume_unencrypted'
step scan.sh
expect "a path that is no path" "$(output exit-code)" 2
expect "no SARIF of a scan that could not be done" "$(output sarif-file)" ""
[[ ! -e trapped ]] || die "an input was run"
defaults
export INPUT_DIFF_ONLY=maybe
step scan.sh
expect "an input that means nothing" "$(output exit-code)" 2
expect_said "the input diff-only is true, false or auto, not maybe"
defaults
printf 'AWSTemplateFormatVersion: "2010-09-09"\nResources: {\n' >broken.yaml
export INPUT_REQUIRE_COMPLETE=true
step scan.sh
expect "a template that cannot be judged" "$(output exit-code)" 3
expect "no SARIF that would close alerts" "$(output sarif-file)" ""

printf '%d cases\n' "$cases"
