#!/usr/bin/env bash
# Counts the instructions of each part of a scan of the example templates, by callgrind: they hardly depend on the machine or on
# what else it does, so a change for the worse shows.
#
#   tests/bench/instructions.sh            compares with instructions.txt; exit code 1 when a part takes over 3 % more
#   tests/bench/instructions.sh --update   writes it anew
#
# Needs valgrind. Where the time goes is told by `callgrind_annotate target/bench/PART.callgrind`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

kept=tests/bench/instructions.txt
work=target/bench
mkdir -p "$work"
cargo build --quiet --package bench --bin cost --profile try --locked

status=0
: >"$work/instructions.txt"
for part in bytes trees start judge; do
    arguments=("$part")
    [[ $part == start ]] || arguments+=(templates-examples)
    valgrind --tool=callgrind --callgrind-out-file="$work/$part.callgrind" target/try/cost "${arguments[@]}" \
        >/dev/null 2>"$work/$part.log"
    now=$(sed -n 's/^==[0-9]*== Collected : //p' "$work/$part.log")
    printf '%s %s\n' "$part" "$now" >>"$work/instructions.txt"
    before=$(sed -n "s/^$part //p" "$kept" 2>/dev/null || true)
    if [[ -z $before ]]; then
        printf '%-6s %13d\n' "$part" "$now"
        continue
    fi
    printf '%-6s %13d, before %13d (%+d permille)\n' "$part" "$now" "$before" "$(((now - before) * 1000 / before))"
    ((now * 100 <= before * 103)) || status=1
done
if [[ ${1:-} == --update ]]; then
    cp "$work/instructions.txt" "$kept"
    exit 0
fi
exit "$status"
