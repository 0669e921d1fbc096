#!/usr/bin/env python3
"""Writes an access log in Apache's combined format that looks like a busy site's: the same bytes for the same size and seed.

usage: generate.py FILE [--megabytes 400] [--seed 1]

Visitors come in sessions of a browser each, pages and addresses are as unevenly popular as they are on real sites (Zipf), crawlers take
their share, and now and then somebody probes for what is not there, which makes bursts of 404s. Times go forward, with the
little disorder that a server writes at the end of each request. Addresses are spread over all of IPv4 and a part of IPv6.
"""
import argparse, random, time
from itertools import accumulate

arguments = argparse.ArgumentParser()
arguments.add_argument("file")
arguments.add_argument("--megabytes", type=int, default=400)
arguments.add_argument("--seed", type=int, default=1)
arguments = arguments.parse_args()
rng = random.Random(arguments.seed)

LINES_A_SECOND = 12
START = 1_793_491_200  # 2026-11-01T00:00:00Z


def zipf(items, exponent):
    """The items with the cumulative weights that random.choices takes."""
    return items, list(accumulate(1 / (rank + 2) ** exponent for rank in range(len(items))))


def words(count):
    syllables = "ra to mi ken lo sa der in ta be ru no el vi per sho ba lin gor de".split()
    return ["".join(rng.choices(syllables, k=rng.randint(1, 3))) for _ in range(count)]


def address():
    if rng.random() < 0.12:
        return "2001:db8:%x:%x::%x" % (rng.randrange(0xFFFF), rng.randrange(0xFFFF), rng.randrange(1, 0xFFFF))
    return "%d.%d.%d.%d" % (rng.randrange(1, 224), rng.randrange(256), rng.randrange(256), rng.randrange(1, 255))


def agent():
    system = rng.choice(["Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7", "X11; Linux x86_64", "Linux; Android 15; Pixel 9",
                         "iPhone; CPU iPhone OS 18_%d like Mac OS X" % rng.randrange(6)])
    version = rng.randrange(110, 146)
    return rng.choice([
        f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.0.0 Safari/537.36",
        f"Mozilla/5.0 ({system}; rv:{version}.0) Gecko/20100101 Firefox/{version}.0",
        f"Mozilla/5.0 ({system}) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.{rng.randrange(6)} Mobile/15E148 Safari/604.1"])


clients = zipf([address() for _ in range(40_000)], 0.7)
agents = zipf(sorted({agent() for _ in range(400)}), 0.9)
crawlers = ["Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
            "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)", "UniversalFeedParser/4.2 +http://feedparser.org/"]
pages = zipf(["/"] + sorted({f"/{a}/{b}/" for a in words(12) for b in words(120)}) + sorted({f"/{a}/{b}.html" for a in words(8) for b in words(300)}), 0.9)
assets = zipf(sorted({f"/static/{a}/{b}.{e}" for a in ("css", "js", "img", "fonts") for b in words(60) for e in ("css", "js", "png", "woff2")}), 0.8)
missing = [f"/{a}.{e}" for a in words(200) for e in ("php", "bak", "env", "zip", "sql")]
queries = zipf([f"?{a}={b}" for a in words(30) for b in words(40)], 0.8)
statuses = [200] * 88 + [304] * 7 + [301] * 2 + [302] * 1 + [404] * 1 + [500, 403]


def session():
    """The lines of one visitor, each with the seconds since the session began."""
    (client,) = rng.choices(clients[0], cum_weights=clients[1])
    kind = rng.random()
    if kind < 0.004:
        scanner = rng.choice(["-", "Mozilla/5.0", "python-requests/2.32.3", "curl/8.9.1"])
        return [(client, i * 0.4, "GET", rng.choice(missing), 404, 196, "-", scanner) for i in range(rng.randint(8, 60))]
    if kind < 0.12:
        crawler = rng.choice(crawlers)
        return [(client, i * 2.0, "GET", *page(), "-", crawler) for i in range(rng.randint(1, 12))]
    (browser,) = rng.choices(agents[0], cum_weights=agents[1])
    lines, at, referer = [], 0.0, rng.choice(["-", "https://www.google.com/", "https://news.example.org/item?id=%d" % rng.randrange(10**7)])
    for _ in range(rng.randint(1, 5)):
        target, status, size = page()
        lines.append((client, at, "POST" if rng.random() < 0.03 else "GET", target, status, size, referer, browser))
        referer = "https://www.example.com" + target
        for asset in rng.choices(assets[0], cum_weights=assets[1], k=rng.randint(0, 8)):
            lines.append((client, at + rng.random(), "GET", asset, rng.choice(statuses), rng.randrange(300, 90_000), referer, browser))
        at += rng.uniform(5, 90)
    return lines


def page():
    (target,) = rng.choices(pages[0], cum_weights=pages[1])
    if rng.random() < 0.12:
        target += rng.choices(queries[0], cum_weights=queries[1])[0]
    return target, rng.choice(statuses), int(rng.paretovariate(1.2) * 2_000)


stamps = {}


def stamp(second):
    if second not in stamps:
        if len(stamps) > 1_000:
            stamps.clear()
        stamps[second] = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(second))
    return stamps[second]


def lines():
    """Sessions begin one after the other; what is due before the next begins is written in order of time."""
    begin, due = float(START), []
    while True:
        visit = session()
        due += [(begin + line[1], number, line) for number, line in enumerate(visit)]
        begin += len(visit) / LINES_A_SECOND
        if len(due) > 5_000:
            due.sort(key=lambda entry: entry[0])
            for at, _, (client, _, method, target, status, size, referer, browser) in due[:4_000]:
                yield f'{client} - - [{stamp(int(at))}] "{method} {target} HTTP/1.1" {status} {"-" if status == 304 else size} "{referer}" "{browser}"\n'
            del due[:4_000]


left = arguments.megabytes * 1_000_000
with open(arguments.file, "w", encoding="ascii", newline="\n", buffering=1 << 20) as out:
    for line in lines():
        if (left := left - len(line)) < 0:
            break
        out.write(line)
