#!/usr/bin/env bash
# Compares what the shipper ships with every byte that was written, for longer than a build does: stories of rotations, storage
# faults and simulated crashes, and then the real program killed with -9. A failure shows its seed, the story, and how to repeat it.
#
# usage: bench/shipper-oracle.sh [MINUTES of stories, 10] [SEED of the first, a new one each time] [KILLS, ten a minute]
set -euo pipefail
cd "$(dirname "$0")/.."
minutes=${1:-10}
export SHIPPER_ORACLE_SECONDS=$((minutes * 60)) SHIPPER_ORACLE_SEED=${2:-$((RANDOM * 32768 + RANDOM))} SHIPPER_ORACLE_KILLS=${3:-$((minutes * 10))} DOTNET_NOLOGO=1
dotnet build tests/Shipper -c Release -v q
echo "stories from seed $SHIPPER_ORACLE_SEED for $minutes minutes, then $SHIPPER_ORACLE_KILLS kills"
status=0
for tests in OracleTests KillTests; do
  dotnet exec tests/Shipper/bin/Release/net10.0/LogMonitor.Shipper.Tests.dll --filter-class "*.$tests" --output Detailed || status=$?
done
exit $status
