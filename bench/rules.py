#!/usr/bin/env python3
"""What rules cost: the time of `logmonitor scan` with 0, 20, 100 and 200 rules, and with those that come with LogMonitor, beside mawk.

usage: rules.py [--runs 3] [--megabytes 400] [--core 0] [--keep DIR] [--publish DIR] [--rules DIR] [--each]

Publishes logmonitor (Release, ReadyToRun) and generates the log (generate.py), unless --keep has them from a run before. The rules are generated, the
same each time: texts of 6 to 12 characters as attacks have them, six to a rule, in the query (half of the rules, a fifth of these with a regular
expression), the path, the user agent, or anywhere. Next to none match. With --each, each file of --rules is measured alone as well, next to no rule at
all. Runs take turns; the best of each counts; one core.
"""
import argparse, os, pathlib, random, shutil, subprocess, sys, tempfile, uuid

HERE = pathlib.Path(__file__).resolve().parent

SYLLABLES = ("ad min con fig sel ect uni on pas swd etc cmd exe sys tem log in php my sql wp ba ck up ro ot sh ell load eval base dec ode java script "
             "al ert doc tmp data xml rpc jen kins act uat or env git svn aws key id rsa web inf meta srv").split()


def rule(number, chance):
    def word(syllables=2): return "".join(chance.choice(SYLLABLES) for _ in range(syllables))
    def texts(form): return ", ".join(f"'{form()}'" for _ in range(6))
    kind = number % 10
    if kind < 4: detection = f"{{s: {{cs-uri-query|contains: [{texts(lambda: chance.choice('/.=(') + word() + chance.choice('/.=('))}]}}, condition: s}}"
    elif kind < 5: detection = f"{{s: {{cs-uri-query|contains: '{word()}', cs-uri-query|re: '=[^&]*({word()}|{word()})'}}, condition: s}}"
    elif kind < 7: detection = f"{{s: {{cs-uri-stem|endswith: [{texts(lambda: '/' + word() + chance.choice(['.php', '.bak', '.env', '.sql', '.jsp']))}]}}, condition: s}}"
    elif kind < 9: detection = f"{{s: {{cs-user-agent|contains: [{texts(lambda: word(3))}]}}, condition: s}}"
    else: detection = f"{{k: ['{word()} {word()}', '{word()}/{word()}'], condition: k}}"
    return f"title: Rule {number}\nid: {uuid.UUID(int=chance.getrandbits(128))}\nlogsource: {{category: webserver}}\ndetection: {detection}\nlevel: high\n"


arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
arguments.add_argument("--runs", type=int, default=3)
arguments.add_argument("--megabytes", type=int, default=400)
arguments.add_argument("--core", type=int, default=0)
arguments.add_argument("--keep", metavar="DIR", help="where log and program are kept for the next run")
arguments.add_argument("--publish", metavar="DIR", help="a published logmonitor, instead of publishing one")
arguments.add_argument("--rules", metavar="DIR", default=HERE.parent / "rules", help="those that come with LogMonitor")
arguments.add_argument("--each", action="store_true", help="measure each file of these rules alone, too")
arguments = arguments.parse_args()


def seconds_of(command):
    """CPU seconds, user and system together, on the chosen core."""
    before = os.times()
    subprocess.run(["taskset", "-c", str(arguments.core), *map(str, command)], stdout=subprocess.DEVNULL, check=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def main(folder):
    log, published = folder / f"access-{arguments.megabytes}.log", pathlib.Path(arguments.publish or folder / "logmonitor")
    if not log.exists():
        subprocess.run([sys.executable, HERE / "generate.py", log, "--megabytes", str(arguments.megabytes)], check=True)
    if not arguments.publish:
        subprocess.run(["dotnet", "publish", HERE.parent / "src/Standalone", "-c", "Release", "-r", "linux-x64", "--no-self-contained", "-o", published, "-v", "q", "-nologo"], check=True)

    sets = {}
    for count in (0, 20, 100, 200):
        sets[f"{count} generated"] = folder / f"rules-{count}"
        sets[f"{count} generated"].mkdir(exist_ok=True)
        chance = random.Random(5)
        (folder / f"rules-{count}" / "rules.yml").write_text("---\n".join(rule(i, chance) for i in range(count)) or "# none\n")
    sets["LogMonitor's"] = pathlib.Path(arguments.rules)
    if arguments.each:
        for file in sorted(pathlib.Path(arguments.rules).rglob("*.yml")):
            if file.name.endswith(".test.yml"): continue
            sets[file.name] = folder / "each" / file.stem
            sets[file.name].mkdir(parents=True, exist_ok=True)
            shutil.copy(file, sets[file.name])

    commands = {name: [published / "logmonitor", "scan", "--rules", rules, "--output", "json", log] for name, rules in sets.items()}
    commands["mawk"] = ["mawk", "$9==404{n++} END{print n}", log]
    best = {}
    for _ in range(arguments.runs):
        for name, command in commands.items():
            best[name] = min(best.get(name, float("inf")), seconds_of(command))
            print(f"{name}: {best[name]:.2f} s", file=sys.stderr)

    with open(log, "rb") as text:
        lines = sum(1 for _ in text)
    print("| rules | CPU s | times mawk | lines/s | ns a line |\n|---|---:|---:|---:|---:|")
    for name, seconds in best.items():
        if name != "mawk":
            print(f"| {name} | {seconds:.2f} | {seconds / best['mawk']:.2f} | {lines / seconds:,.0f} | {(seconds - best['0 generated']) / lines * 1e9:,.0f} |")


if arguments.keep:
    kept = pathlib.Path(arguments.keep).resolve()
    kept.mkdir(parents=True, exist_ok=True)
    main(kept)
else:
    with tempfile.TemporaryDirectory() as scratch:
        main(pathlib.Path(scratch))
