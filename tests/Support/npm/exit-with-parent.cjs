// A test run that is killed can't stop its servers, but the pipe to their standard input closes with it.
process.stdin.on("close", () => process.exit()).resume();
