#!/usr/bin/env bash
# Fuzzes one target, or each for the same time.
#
#   tests/hostile/run.sh SECONDS [TARGET...]
#
# What is found is kept below target/hostile/TARGET/found, what was learned below target/hostile/TARGET/corpus; the next run
# goes on from there. Seeds are the example templates, our rules, and the folder that SEEDS names, if it does. Needs a C++
# compiler, for libFuzzer. Exit code: 0 nothing was found, 1 something was.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

seconds=${1:?usage: tests/hostile/run.sh SECONDS [TARGET...]}
shift
targets=("$@")
if ((${#targets[@]} == 0)); then
    targets=(yaml reader-equality json guard evaluator template generated-template configuration parameters rule-files)
fi

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

seeds=(templates-examples)
[[ -z ${SEEDS:-} ]] || seeds+=("$SEEDS")

seed() {
    local target=$1 to=$2 file
    case $target in
    yaml | reader-equality | template) find "${seeds[@]}" -type f \( -name '*.yaml' -o -name '*.yml' -o -name '*.template' \) -size -24k ;;
    json) find "${seeds[@]}" -type f -name '*.json' -size -24k ;;
    guard | rule-files) find rules/aws -type f -name '*.guard' -size -8k ;;
    configuration | parameters) find templates-examples -type f \( -name '*.toml' -o -name '*param*' \) ;;
    esac | while read -r file; do cp "$file" "$to/$(cksum <"$file" | tr ' ' -)"; done
    if [[ $target == evaluator ]]; then
        find rules/aws -type f -name '*.guard' -size -4k | while read -r file; do
            { cat "$file"; printf '\n====\n'; cat templates-examples/quickstart/insecure.yaml; } >"$to/$(cksum <"$file" | tr ' ' -)"
        done
    fi
    [[ ! -d tests/hostile/cases/$target ]] || cp -r "tests/hostile/cases/$target/." "$to/"
}

status=0
for target in "${targets[@]}"; do
    mkdir -p "$work/$target/corpus" "$work/$target/found" "$work/$target/seeds"
    seed "$target" "$work/$target/seeds"
    printf '==> %s\n' "$target"
    FUZZ_TARGET=$target "$program" "$work/$target/corpus" "$work/$target/seeds" -max_total_time="$seconds" -timeout=10 \
        -rss_limit_mb=2048 -max_len=24576 -artifact_prefix="$work/$target/found/" -print_final_stats=1 -verbosity=0 \
        2>"$work/$target/log" || status=1
    grep -E 'stat::number_of_executed_units|SUMMARY|panicked at|Test unit written' "$work/$target/log" || true
done
exit $status
