"""Writes the made-up CloudFront access log of the sample bucket: `python -m tools.cloudfront_data`.

The format is that of CloudFront's download distributions, tab-separated with a blank as %20 (source: AWS,
CloudFront access logs). The same lines are written each time.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

FILE = Path(__file__).parents[1] / "emrsim/samples/elasticmapreduce.samples/cloudfront/data/2014-07.log"

LINES = 600
_FIRST_DAY, _DAYS = date(2014, 6, 25), 50  # the tutorial's query asks for a part of them
_SYSTEMS = ("Android", "Linux", "MacOS", "OSX", "Windows", "iOS")
_BROWSERS = ("Chrome/35.0", "Firefox/30.0", "IE/11.0", "Opera/12.1", "Safari/7.0")
_EDGES = ("LHR3", "FRA2", "SFO4", "NRT5")
_PAGES = ("/index.html", "/robots.txt", "/view/1.js", "/images/rock.jpg")
_FIELDS = (
    *("date", "time", "x-edge-location", "sc-bytes", "c-ip", "cs-method", "cs(Host)", "cs-uri-stem"),
    *("sc-status", "cs(Referer)", "cs(User-Agent)"),
)
_SEED = 20_140_705


def lines() -> Iterator[str]:
    """The lines of the log, the two of its head first."""
    yield "#Version: 1.0"
    yield f"#Fields: {' '.join(_FIELDS)}"
    chance = random.Random(_SEED)
    days = sorted(chance.randrange(_DAYS) for _ in range(LINES))
    for day in days:
        agent = f"Mozilla/5.0%20({chance.choice(_SYSTEMS)};%20U;%20en-US)%20{chance.choice(_BROWSERS)}"
        yield "\t".join(
            (
                str(_FIRST_DAY + timedelta(days=day)),
                f"{chance.randrange(24):02}:{chance.randrange(60):02}:{chance.randrange(60):02}",
                chance.choice(_EDGES),
                str(chance.randrange(200, 9000)),
                f"192.0.2.{chance.randrange(1, 255)}",
                "GET",
                "d111111abcdef8.cloudfront.net",
                chance.choice(_PAGES),
                chance.choice(("200", "200", "200", "304", "404")),
                "-",
                agent,
            )
        )


if __name__ == "__main__":
    FILE.write_text("".join(f"{line}\n" for line in lines()), encoding="ascii")
