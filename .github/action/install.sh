#!/usr/bin/env bash
# Brings cfnward to this machine: a release whose checksum is listed in releases.txt, or else built from the source of
# the action. Says where it is in the output `program`.
#
# Reads GITHUB_ACTION_PATH, GITHUB_OUTPUT, INPUT_VERSION, RUNNER_TEMP. Runs with the bash 3.2 of macOS too.
set -euo pipefail

fail() {
    printf '::error title=cfnward::%s\n' "$*"
    exit 2
}

# The platform as releases name it; empty when there is none for it.
platform() {
    case "$(uname -s)/$(uname -m)" in
    Linux/x86_64) echo x86_64-unknown-linux-musl ;;
    Linux/aarch64) echo aarch64-unknown-linux-musl ;;
    Darwin/x86_64) echo x86_64-apple-darwin ;;
    Darwin/arm64) echo aarch64-apple-darwin ;;
    MINGW*/x86_64 | MSYS*/x86_64) echo x86_64-pc-windows-msvc ;;
    esac
}

sum_of() {
    if command -v sha256sum >/dev/null; then
        sha256sum "$1"
    else
        shasum -a 256 "$1"
    fi | cut -d ' ' -f 1
}

folder=${RUNNER_TEMP:-/tmp}/cfnward
mkdir -p "$folder/bin"
program=$folder/bin/cfnward
case "$(uname -s)" in MINGW* | MSYS*) program=$program.exe ;; esac

wanted=${INPUT_VERSION#v}
version='' sum='' address=''
if [[ $wanted != source ]]; then
    here=$(platform)
    while read -r one_version one_platform one_sum one_address; do
        [[ $one_version != '#'* && $one_platform == "$here" && -n $here ]] || continue
        [[ -z $wanted || $one_version == "$wanted" ]] || continue
        version=$one_version sum=$one_sum address=$one_address
    done <"$GITHUB_ACTION_PATH/.github/action/releases.txt"
    [[ -z $wanted || -n $version ]] ||
        fail "version $wanted is not listed for this platform in .github/action/releases.txt of the action"
fi

if [[ -n $version ]]; then
    archive=$folder/archive.tar.gz
    curl --fail --silent --show-error --location --retry 3 --output "$archive" -- "$address" ||
        fail "cannot download $address"
    [[ $(sum_of "$archive") == "$sum" ]] ||
        fail "the archive of version $version is not the one that was released: its SHA-256 is not $sum"
    tar -xzf "$archive" -C "$folder/bin" "$(basename "$program")"
    rm -f "$archive"
else
    command -v cargo >/dev/null ||
        fail "there is no release for this platform, and no cargo to build it: install rustup before this step"
    echo "::group::Build cfnward from source"
    # From within, so that the compiler is the one that its rust-toolchain.toml names.
    (cd "$GITHUB_ACTION_PATH" && cargo install --quiet --locked --path . --root "$folder" --target-dir "$folder/target")
    echo "::endgroup::"
fi
"$program" --version
printf 'program=%s\n' "$program" >>"$GITHUB_OUTPUT"
