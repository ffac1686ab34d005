#!/usr/bin/env bash
# Installs the Control Tower rules that AWS publishes on npm, below target/oracle, for the oracle to compare.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

package=@cdklabs/cdk-validator-cfnguard
version=0.0.62
folder=target/oracle
installed=$folder/node_modules/$package/package.json

if [[ -f $installed ]] && grep -q "\"version\": \"$version\"" "$installed"; then
    echo "up to date"
    exit
fi
mkdir -p "$folder"
# Only its rule files are wanted; no script of the package runs.
npm install --prefix "$folder" --no-save --ignore-scripts --no-audit --no-fund --loglevel=error "$package@$version"
