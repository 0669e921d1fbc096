#!/usr/bin/env bash
# Fuzzes the parsers, the chunk reader and compressed input for longer than a build does. A failure shows the seed and the input.
#
# usage: bench/fuzz.sh [SECONDS for each test, 60] [SEED, a new one each time]
set -euo pipefail
cd "$(dirname "$0")/.."
export LOGMONITOR_FUZZ_SECONDS=${1:-60} LOGMONITOR_FUZZ_SEED=${2:-$((RANDOM * 32768 + RANDOM))} DOTNET_NOLOGO=1
echo "seed $LOGMONITOR_FUZZ_SEED, $LOGMONITOR_FUZZ_SECONDS s for each test"
status=0
for tests in Core Standalone; do
  dotnet test --project "tests/$tests" -- --filter-class '*Fuzz' || status=$?
done
exit $status
