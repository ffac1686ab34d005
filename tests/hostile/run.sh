#!/usr/bin/env bash
# Fuzzes one target, or each for the same time.
#
#   tests/hostile/run.sh SECONDS [TARGET...]
#
# What is found is kept below target/hostile/TARGET/found, what was learned below target/hostile/TARGET/corpus; the next run
# goes on from there. Seeds are the example templates, our rules, what targets know themselves, and the folder that SEEDS
# names, if it does. With LEDGER=FILE a line is added to that file for each target: see results.py. Needs a C++ compiler, for
# libFuzzer. Exit code: 0 nothing was found, 1 something was.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

seconds=${1:?usage: tests/hostile/run.sh SECONDS [TARGET...]}
shift

work=target/hostile
host=$(rustc -vV | sed -n 's/^host: //p')
# What cargo-fuzz would pass, but for the sanitizer, which needs a nightly compiler: `unsafe` is forbidden here anyway.
# Coverage guides libFuzzer, overflow and debug assertions find what a release build would hide.
flags=(-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters
    -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares -Cdebug-assertions
    -Coverflow-checks -Ccodegen-units=1)
RUSTFLAGS="${flags[*]}" cargo build --quiet --locked --package hostile --features fuzz --bin fuzz --profile try --target "$host" \
    --target-dir "$work/build"
program=$work/build/$host/try/fuzz

targets=("$@")
if ((${#targets[@]} == 0)); then
    mapfile -t targets < <("$program")
fi

seeds=(templates-examples)
[[ -z ${SEEDS:-} ]] || seeds+=("$SEEDS")

# Archives of the example templates, each behind the byte that says how it is to be read.
pack() {
    local file name mode
    for mode in ustar pax gnu; do
        tar --format="$mode" --sort=name --mtime=@0 -cf "$1/$mode" templates-examples/quickstart
    done
    python3 -m zipfile -c "$1/zip" templates-examples/quickstart
    gzip --no-name <"$1/ustar" >"$1/gzip"
    for name in zip:'\000' ustar:'\001' gzip:'\002' pax:'\003' gnu:'\003' gnu:'\004'; do
        file=$1/${name%%:*}
        { printf '%b' "${name##*:}"; cat "$file"; } >"$file-${name##*\\}"
    done
    rm "$1/ustar" "$1/pax" "$1/gnu" "$1/zip" "$1/gzip"
}

seed() {
    local target=$1 to=$2 file
    case $target in
    yaml | reader-equality | template) find "${seeds[@]}" -type f \( -name '*.yaml' -o -name '*.yml' -o -name '*.template' \) -size -24k ;;
    json) find "${seeds[@]}" -type f -name '*.json' -size -24k ;;
    guard | rule-files) find rules/aws -type f -name '*.guard' -size -8k ;;
    configuration | parameters) find templates-examples -type f \( -name '*.toml' -o -name '*param*' \) ;;
    esac | while read -r file; do cp "$file" "$to/$(cksum <"$file" | tr ' ' -)"; done
    case $target in
    evaluator)
        find rules/aws -type f -name '*.guard' -size -4k | while read -r file; do
            { cat "$file"; printf '\n====\n'; cat templates-examples/quickstart/insecure.yaml; } >"$to/$(cksum <"$file" | tr ' ' -)"
        done
        ;;
    archives) pack "$to" ;;
    esac
    FUZZ_TARGET=$target FUZZ_SEEDS=$to "$program" >"$to/../log" 2>&1 || { cat "$to/../log" >&2; return 1; }
    [[ ! -d tests/hostile/cases/$target ]] || cp -r "tests/hostile/cases/$target/." "$to/"
}

status=0
# Seconds of the user and of the system.
TIMEFORMAT='%3U %3S'
for target in "${targets[@]}"; do
    mkdir -p "$work/$target/corpus" "$work/$target/found" "$work/$target/seeds"
    seed "$target" "$work/$target/seeds"
    printf '==> %s\n' "$target"
    code=0
    {
        time FUZZ_TARGET=$target "$program" "$work/$target/corpus" "$work/$target/seeds" -max_total_time="$seconds" -timeout=60 \
            -rss_limit_mb=2048 -max_len=24576 -artifact_prefix="$work/$target/found/" -print_final_stats=1 -verbosity=0 \
            2>"$work/$target/log" || code=$?
    } 2>"$work/$target/cost"
    grep -E 'stat::number_of_executed_units|SUMMARY|panicked at|Test unit written' "$work/$target/log" || true
    ((code == 0)) || status=1
    if [[ -n ${LEDGER:-} ]]; then
        python3 tests/hostile/results.py add "$LEDGER" "$target" --log "$work/$target/log" --cost "$work/$target/cost"
    fi
done
exit $status
