#!/usr/bin/env bash
# Scans, writes the reports and the outputs of the action. Ends with success whatever is found: gate.sh judges.
#
# Reads PROGRAM, INPUT_*, EVENT_*, GITHUB_*, RUNNER_TEMP. Runs with the bash 3.2 of macOS too.
set -euo pipefail

folder=${RUNNER_TEMP:-/tmp}/cfnward
mkdir -p "$folder"
sarif=${INPUT_SARIF_FILE:-$folder/cfnward.sarif}
rm -f "$sarif" "$folder"/*.json "$folder"/summary.md "$folder"/annotations.txt

output() {
    # A name of a file with a line break would forge another output.
    printf '%s=%s\n' "$1" "${2//[$'\r\n']/ }" >>"$GITHUB_OUTPUT"
}

say() {
    printf '::%s title=cfnward::%s\n' "$1" "$2"
}

yes_or_no() {
    case "$2" in
    true | false) ;;
    auto) [[ ${3:-} == auto ]] || fail_input "$1" "$2" "true or false" ;;
    *) fail_input "$1" "$2" "true, false${3:+ or $3}" ;;
    esac
}

fail_input() {
    say error "the input $1 is $3, not $2"
    output exit-code 2
    exit 0
}

yes_or_no diff-only "$INPUT_DIFF_ONLY" auto
yes_or_no upload-sarif "$INPUT_UPLOAD_SARIF" auto
yes_or_no annotations "$INPUT_ANNOTATIONS" auto
yes_or_no trust-change "$INPUT_TRUST_CHANGE"
yes_or_no require-complete "$INPUT_REQUIRE_COMPLETE"
yes_or_no summary "$INPUT_SUMMARY"

common=()
[[ -z $INPUT_CONFIG ]] || common+=("--config=$INPUT_CONFIG")
[[ -z $INPUT_BASELINE ]] || common+=("--baseline=$INPUT_BASELINE")
[[ $INPUT_REQUIRE_COMPLETE == false ]] || common+=(--require-complete)
while IFS= read -r argument; do
    [[ -z $argument ]] || common+=("$argument")
done <<<"$INPUT_ARGUMENTS"
paths=()
while IFS= read -r path; do
    [[ -z $path ]] || paths+=("$path")
done <<<"$INPUT_PATHS"

# run ARGUMENT...: a scan; its exit code is in `code`.
run() {
    code=0
    "$PROGRAM" scan ${common[@]+"${common[@]}"} "$@" -- ${paths[@]+"${paths[@]}"} || code=$?
}

is_commit() {
    git rev-parse --verify --quiet "$1^{commit}" >/dev/null 2>&1
}

# What the change is compared with; nothing when that is not known here.
base() {
    if [[ -n $INPUT_BASE ]]; then
        echo "$INPUT_BASE"
        return
    fi
    [[ -n $EVENT_BASE ]] || return 0
    if ! is_merge_of_pull_request && ! is_commit "$EVENT_BASE"; then
        git fetch --quiet --no-tags --depth=2 origin "$GITHUB_SHA" >/dev/null 2>&1 || true
    fi
    if is_merge_of_pull_request; then
        git rev-parse 'HEAD^1'
    elif git merge-base "$EVENT_BASE" HEAD >/dev/null 2>&1; then
        echo "$EVENT_BASE"
    fi
}

# Whether what is checked out is what actions/checkout takes of a pull request: its merge, whose first parent is the base
# as it is now. A head that happens to be a merge is something else.
is_merge_of_pull_request() {
    [[ -n $EVENT_HEAD_REPOSITORY && $(git rev-parse HEAD 2>/dev/null) == "$GITHUB_SHA" ]] && is_commit 'HEAD^2'
}

compared_with=''
if [[ $INPUT_DIFF_ONLY != false ]]; then
    compared_with=$(base)
    if [[ -z $compared_with && $INPUT_DIFF_ONLY == true ]]; then
        say error "diff-only needs the history of the base: give actions/checkout fetch-depth: 0, or the input base"
        output exit-code 2
        exit 0
    elif [[ -z $compared_with && -n $EVENT_BASE ]]; then
        say warning "the base of the pull request is not here, so all findings count: give actions/checkout fetch-depth: 2"
    fi
fi

reports=(--output "json=$folder/judged.json" --output "markdown=$folder/summary.md"
    --output "github=$folder/annotations.txt" --fail-on "$INPUT_FAIL_ON")
if [[ -n $compared_with ]]; then
    # Code scanning compares by itself, and would take what is left out for fixed: it gets everything.
    run --quiet --output "sarif=$sarif" --output "json=$folder/all.json" --fail-on never
    if ((code == 0)); then
        [[ $INPUT_TRUST_CHANGE == false ]] || reports+=(--trust-change)
        run "${reports[@]}" --diff "$compared_with"
    fi
else
    run "${reports[@]}" --output "sarif=$sarif"
    [[ ! -f $folder/judged.json ]] || cp "$folder/judged.json" "$folder/all.json"
fi
output exit-code "$code"
# A scan that could not be done has no reports, or such as must not be taken for all there is.
((code == 0 || code == 1)) || exit 0

# The first number after a key that stands alone at the start of a line, which no text of a template can.
number() {
    sed -n "s/^ *\"$2\": \([0-9][0-9]*\),*\$/\1/p" "$1" | head -n 1
}

output sarif-file "$sarif"
output findings "$(number "$folder/all.json" findings)"
output new-findings "$(number "$folder/judged.json" findings)"
highest=''
for severity in critical high medium low info; do
    if [[ -z $highest && $(number "$folder/judged.json" "$severity") != 0 ]]; then
        highest=$severity
    fi
done
output highest-severity "$highest"

upload=false
case $INPUT_UPLOAD_SARIF in
true) upload=true ;;
auto)
    if [[ -n $EVENT_HEAD_REPOSITORY && $EVENT_HEAD_REPOSITORY != "$GITHUB_REPOSITORY" ]]; then
        say notice "a pull request of a fork may not upload to code scanning: findings are shown as annotations"
    elif [[ $EVENT_AUTHOR == 'dependabot[bot]' ]]; then
        say notice "a pull request of Dependabot may not upload to code scanning: findings are shown as annotations"
    else
        upload=true
    fi
    ;;
esac
output upload "$upload"
output annotations-file "$folder/annotations.txt"

if [[ $INPUT_SUMMARY == true ]]; then
    # GitHub takes one mebibyte for each step.
    head -c 1000000 "$folder/summary.md" >>"$GITHUB_STEP_SUMMARY"
fi
