#!/usr/bin/env python3
"""Ships a log to a store that only takes it, next to gzip and zstd compressing the same file, and to Azurite, next to rclone, in one run.

usage: shipper.py [--megabytes 400] [--runs 3] [--files 1000] [--keep DIR] [--publish DIR] [--azurite DIR]

It publishes logmonitor-shipper (Native AOT), generates the log (generate.py), and prints tables in Markdown:
  - CPU seconds (user and system) of the best run per GB of raw log, how many times gzip's that is, MB/s of time elapsed, and the most memory in use;
  - the same with Azurite as the store, next to rclone that copies the log after gzip -6, where there is an Azurite (the tests install theirs) and an rclone;
  - what the shipper takes while it follows so many idle files: CPU time in a minute, and resident memory.
The store answers each Put Blob with 201 and forgets it; it is a process of its own and is not counted.
"""
import argparse, base64, datetime, hashlib, hmac, http.server, os, pathlib, re, shutil, signal, socketserver, subprocess, sys, tempfile, threading, time, urllib.parse, urllib.request

HERE = pathlib.Path(__file__).resolve().parent
arguments = argparse.ArgumentParser(formatter_class=argparse.RawDescriptionHelpFormatter, description=__doc__)
arguments.add_argument("--megabytes", type=int, default=400)
arguments.add_argument("--runs", type=int, default=3)
arguments.add_argument("--files", type=int, default=1000)
arguments.add_argument("--keep", metavar="DIR", help="where the log and the program are put, and kept for the next run")
arguments.add_argument("--publish", metavar="DIR", help="a published logmonitor-shipper, instead of publishing one")
arguments.add_argument("--azurite", metavar="DIR", type=pathlib.Path, default=HERE.parent / "tests/Support/npm/node_modules", help="the node_modules that has azurite")
arguments = arguments.parse_args()


class Sink(http.server.BaseHTTPRequestHandler):
    """Takes what is put."""
    protocol_version = "HTTP/1.1"

    def do_PUT(self):
        left = int(self.headers["Content-Length"])
        while left > 0:
            left -= len(self.rfile.read(min(left, 1 << 20)))
        self.send_response(201)
        for name, value in (("ETag", '"0x1"'), ("Last-Modified", self.date_time_string()), ("Content-Length", "0"), ("x-ms-version", "2025-01-05")):
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True


def serve():
    """Starts the sink in another process; returns its id and port."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        server = Server(("127.0.0.1", 0), Sink)
        os.write(write, str(server.server_address[1]).encode())
        os.close(write)
        server.serve_forever()
    os.close(write)
    return child, int(os.read(read, 10))


ACCOUNT = "devstoreaccount1"
KEY = base64.b64encode(b"the key of an account in memory").decode()


def account_sas():
    """All rights for a day: https://learn.microsoft.com/rest/api/storageservices/create-account-sas."""
    expiry = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    fields = {"sp": "rwcl", "ss": "b", "srt": "sco", "st": "", "se": expiry, "sip": "", "spr": "https,http", "sv": "2021-12-02", "ses": ""}
    signed = "".join(f"{part}\n" for part in (ACCOUNT, *fields.values()))
    fields["sig"] = base64.b64encode(hmac.new(base64.b64decode(KEY), signed.encode(), hashlib.sha256).digest()).decode()
    return urllib.parse.urlencode({name: value for name, value in fields.items() if value})


def start_azurite():
    """An Azurite in memory with the container incoming; returns the process and the address of its account."""
    process = subprocess.Popen(
        ["node", arguments.azurite / "azurite/dist/src/blob/main.js", "--inMemoryPersistence", "--blobPort", "0", "--silent", "--disableTelemetry", "--skipApiVersionCheck"],
        stdout=subprocess.PIPE, text=True, env=os.environ | {"AZURITE_ACCOUNTS": f"{ACCOUNT}:{KEY}"})
    address = next(found[0] for line in process.stdout if (found := re.search(r"http://127.0.0.1:[1-9]\d*", line)))
    threading.Thread(target=process.stdout.read, daemon=True).start()
    url = f"{address}/{ACCOUNT}"
    urllib.request.urlopen(urllib.request.Request(f"{url}/incoming?restype=container&{account_sas()}", method="PUT", headers={"Content-Length": "0"})).close()
    return process, url


def run(command, stdin=None):
    """CPU seconds, seconds elapsed and most memory in MB of a command."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{command[0]} failed:\n{errors.decode(errors='replace')[-2000:]}")
    return used.ru_utime + used.ru_stime, time.monotonic() - start, used.ru_maxrss / 1024


def best(command, before=lambda: None, stdin=None):
    results = []
    for _ in range(arguments.runs):
        before()
        results.append(run(command, open(stdin, "rb") if stdin else None))
    return min(results)


def resident(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1]) / 1024


def cpu(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


with tempfile.TemporaryDirectory(prefix="shipper-") as scratch:
    keep = pathlib.Path(arguments.keep or scratch)
    keep.mkdir(parents=True, exist_ok=True)
    log = keep / "access.log"
    if not log.exists():
        subprocess.run([sys.executable, HERE / "generate.py", "--megabytes", str(arguments.megabytes), str(log)], check=True)
    program = pathlib.Path(arguments.publish or keep / "shipper") / "logmonitor-shipper"
    if not program.exists():
        subprocess.run(["dotnet", "publish", HERE.parent / "src/Shipper", "-c", "Release", "-o", program.parent, "--nologo", "-v", "q"], check=True)
    gigabytes = log.stat().st_size / 1e9
    state = pathlib.Path(scratch, "state")
    sink, port = serve()
    try:
        # As an administrator would write it. A SAS is needed, and not looked at.
        config = pathlib.Path(scratch, "shipper.yml")
        secret = pathlib.Path(scratch, "sas")
        secret.write_text("sv=2025-01-05&sp=c&sig=none")

        def configure(paths, compression="gzip", extra="", account=f"http://127.0.0.1:{port}/account"):
            config.write_text(f"""destination: {{url: "{account}/incoming", credential: sas, secretFile: {secret}}}
stateDirectory: {state}
files: ["{paths}"]
chunks: {{compression: {compression}}}
health: {{listen: none}}
{extra}""")

        def ship(compression, extra="", **place):
            configure(log, compression, extra, **place)
            return best([str(program), "run", "--once", "--config", str(config)], before=lambda: shutil.rmtree(state, ignore_errors=True))

        rows = [("gzip -6", best(["gzip", "-6", "-c"], stdin=log))]
        if shutil.which("zstd"):
            rows.append(("zstd -3", best(["zstd", "-3", "-c", "--single-thread"], stdin=log)))
        rows.append(("logmonitor-shipper", ship("gzip")))
        rows.append(("logmonitor-shipper, zstd", ship("zstd")))
        rows.append(("logmonitor-shipper, redacting", ship("gzip", "redact: {parameters: usual, addresses: true}\n")))
        print(f"{gigabytes:.2f} GB, best of {arguments.runs}; the program has {program.stat().st_size / 1e6:.1f} MB.\n")
        print("| | CPU s per GB | × gzip | MB/s | MB of memory |\n|---|---|---|---|---|")
        for name, (used, elapsed, memory) in rows:
            print(f"| {name} | {used / gigabytes:.1f} | {used / rows[0][1][0]:.2f} | {gigabytes * 1e3 / elapsed:.0f} | {memory:.0f} |")

        if arguments.azurite.exists() and shutil.which("rclone"):
            azurite, account = start_azurite()
            try:
                secret.write_text(account_sas())
                with open(packed := pathlib.Path(scratch, "access.log.gz"), "wb") as output:
                    subprocess.run(["gzip", "-6", "-c", log], stdout=output, check=True)
                place = ["--config", "/dev/null", "--ignore-times", "--azureblob-sas-url", f"{account}/incoming?{account_sas()}"]
                copied = best(["rclone", "copyto", *place, str(packed), ":azureblob:incoming/access.log.gz"])
                zipped = rows[0][1]
                print(f"\n| to Azurite | CPU s per GB | MB/s | MB of memory |\n|---|---|---|---|")
                for name, (used, elapsed, memory) in (
                    ("rclone copies what gzip -6 made before", copied), ("gzip -6, then rclone", (zipped[0] + copied[0], zipped[1] + copied[1], copied[2])),
                    ("logmonitor-shipper", ship("gzip", account=account)), ("logmonitor-shipper, zstd", ship("zstd", account=account))):
                    print(f"| {name} | {used / gigabytes:.1f} | {gigabytes * 1e3 / elapsed:.0f} | {memory:.0f} |")
            finally:
                azurite.terminate()
                azurite.wait()

        print(f"\n| idle files | CPU s in a minute | MB resident |\n|---|---|---|")
        for count in (1, arguments.files):
            shutil.rmtree(state, ignore_errors=True)
            logs = pathlib.Path(scratch, f"logs{count}")
            logs.mkdir()
            for i in range(count):
                (logs / f"{i}.log").write_text(f"the only line of file {i}\n")
            configure(f"{logs}/*.log", extra="")
            process = subprocess.Popen([str(program), "run", "--config", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                time.sleep(75)  # All is shipped with the next cut but one.
                before = cpu(process.pid)
                time.sleep(60)
                print(f"| {count} | {cpu(process.pid) - before:.2f} | {resident(process.pid):.0f} |")
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait()
    finally:
        os.kill(sink, signal.SIGTERM)
        os.waitpid(sink, 0)
