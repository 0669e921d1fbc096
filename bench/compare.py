#!/usr/bin/env python3
"""Compares `logmonitor scan` with tools that read access logs too, one after the other on one processor core, in one run.

usage: compare.py [--megabytes 400] [--runs 3] [--core 0] [--keep DIR] [--publish DIR]

It publishes logmonitor (Release, ReadyToRun), generates the log (generate.py), and prints a table in Markdown: CPU seconds (user and
system) of the best run of each, how many times mawk's that is, MB/s of CPU time, and the most memory in use. Tools that are not
installed are left out, and named. What each does with a line:

  wc               counts line ends
  grep             finds one status
  mawk             splits into words and compares one
  Python           matches a regular expression and compares one group
  mtail            matches a regular expression and counts by status
  goaccess         parses, and counts by client, path, status, agent and more
  fail2ban-regex   finds clients with 404s; on a tenth of the log
  logmonitor scan  parses, classifies, matches all default rules with their windows, and counts by client, path, agent and status
"""
import argparse, os, pathlib, shutil, subprocess, sys, tempfile

HERE = pathlib.Path(__file__).resolve().parent
arguments = argparse.ArgumentParser(formatter_class=argparse.RawDescriptionHelpFormatter, description=__doc__)
arguments.add_argument("--megabytes", type=int, default=400)
arguments.add_argument("--runs", type=int, default=3)
arguments.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)))
arguments.add_argument("--keep", metavar="DIR", help="where the log and the program are put, and kept for the next run")
arguments.add_argument("--publish", metavar="DIR", help="a published logmonitor, instead of publishing one")
arguments = arguments.parse_args()

PYTHON = r"""
import re, sys
line = re.compile(rb'^(\S+) \S+ \S+ \[([^]]+)\] "([^"]*)" (\d{3}) ')
count = 0
for text in open(sys.argv[1], "rb"):
    match = line.match(text)
    if match and match[4] == b"404": count += 1
print(count)
"""
MTAIL = r"""counter requests by status
/^(\S+) \S+ \S+ \[[^\]]+\] "[^"]*" (?P<status>\d{3}) / {
  requests[$status]++
}
"""
FAIL2BAN = r'^<HOST> \S+ \S+ \[[^\]]*\] "[^"]*" 404 '


def run(command, cwd):
    """CPU seconds and most memory in MB of a command on the chosen core."""
    child = os.fork()
    if child == 0:
        os.sched_setaffinity(0, {arguments.core})
        os.chdir(cwd)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        # Not /dev/null: grep notices, and stops at the first match.
        for stream, name in ((1, "output.txt"), (2, "errors.txt")):
            os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream)
        os.execvp(command[0], command)
    _, status, used = os.wait4(child, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{command[0]} failed:\n{pathlib.Path(cwd, 'errors.txt').read_text(errors='replace')[-2000:]}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main(folder):
    log, tenth, published = folder / f"access-{arguments.megabytes}.log", folder / "tenth.log", pathlib.Path(arguments.publish or folder / "logmonitor")
    if not log.exists():
        subprocess.run([sys.executable, HERE / "generate.py", log, "--megabytes", str(arguments.megabytes)], check=True)
    if not arguments.publish:
        subprocess.run(["dotnet", "publish", HERE.parent / "src/Standalone", "-c", "Release", "-r", "linux-x64", "--no-self-contained", "-o", published, "-v", "q", "-nologo"], check=True)
    with open(log, "rb") as whole, open(tenth, "wb") as part:
        part.write(whole.read(log.stat().st_size // 10).rpartition(b"\n")[0] + b"\n")
    (folder / "status.mtail").write_text(MTAIL)

    commands = {
        "mawk": ["mawk", "$9==404{n++} END{print n}", log],
        "logmonitor scan": [published / "logmonitor", "scan", log],
        "wc -l": ["wc", "-l", log],
        "grep -c": ["grep", "-c", '" 404 ', log],
        "Python regex": [sys.executable, "-c", PYTHON, log],
        "goaccess": ["goaccess", log, "--log-format=COMBINED", "--no-global-config", "--no-progress", "-o", folder / "goaccess.json"],
        "mtail": ["mtail", "--one_shot", "--progs", folder / "status.mtail", "--logs", log],
        "fail2ban-regex": ["fail2ban-regex", tenth, FAIL2BAN],
    }
    missing = [name for name, command in commands.items() if not shutil.which(command[0])]
    best = {}
    for turn in range(arguments.runs):
        for name, command in commands.items():
            # The slow ones run once: they need no precision.
            if name in missing or turn > 0 and best[name][0] > 10:
                continue
            measured = run([str(part) for part in command], folder)
            best[name] = min(best.get(name, measured), measured)
            print(f"{name}: {measured[0]:.2f} s", file=sys.stderr)

    megabytes = log.stat().st_size / 1e6
    print(f"| tool | CPU s | times mawk | MB/s | memory MB |\n|---|---:|---:|---:|---:|")
    read = {name: megabytes / 10 if name == "fail2ban-regex" else megabytes for name in best}
    per_megabyte = {name: cpu / read[name] for name, (cpu, _) in best.items()}
    base = per_megabyte.get("mawk")
    for name in sorted(best, key=per_megabyte.get):
        cpu, memory = best[name]
        ratio = f"{per_megabyte[name] / base:.2f}" if base else ""
        print(f"| {name} | {cpu:.2f} | {ratio} | {1 / per_megabyte[name]:,.0f} | {memory:.0f} |")
    if missing:
        print(f"\nNot installed: {', '.join(missing)}.")


if arguments.keep:
    kept = pathlib.Path(arguments.keep).resolve()
    kept.mkdir(parents=True, exist_ok=True)
    main(kept)
else:
    with tempfile.TemporaryDirectory() as temporary:
        main(pathlib.Path(temporary))
