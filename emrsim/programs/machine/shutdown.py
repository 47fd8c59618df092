"""`shutdown`, `halt`, `poweroff`, `reboot` and `init 0` end the cluster; the machine stays as it is.

On EMR a master that is powered off, or restarted, takes its cluster with it: TERMINATED_WITH_ERRORS, "The
master node was terminated." (source: releases facts 3.3).
"""

from __future__ import annotations

import base64
import json
import os
import re
import urllib.error
import urllib.request
from datetime import datetime, timedelta

from emrsim.programs.machine.said import not_done, rejected

_TIMEOUT_SECONDS = 30
_MINUTES = re.compile(r"\+?(\d{1,6})")
_TIME_OF_DAY = re.compile(r"(\d{1,2}):(\d\d)")
_RUNLEVELS_THAT_END = {"0", "6"}
_OPTIONS_WITH_VALUE = {"-t"}


def shutdown(arguments: list[str]) -> int:
    """`shutdown [-h|-r|-P|-H|-k|-c] [now|+MINUTES|hh:mm] [MESSAGE]`; without a time in a minute."""
    words = list(arguments)
    options = []
    while words and words[0].startswith("-"):
        options.append(words.pop(0))
        if options[-1] in _OPTIONS_WITH_VALUE and words:
            words.pop(0)
    if "-c" in options:
        return _ask_for({"cancel": True}, "The shutdown of the cluster was cancelled")
    if "-k" in options:
        return not_done("shutdown -k only warns: nothing was shut down")
    delay = _delay(words[0] if words else "+1")
    if delay is None:
        return rejected(f"shutdown: invalid time {words[0]!r}: expected now, +MINUTES or hh:mm")
    return end_cluster(delay)


def power_off(arguments: list[str]) -> int:
    """`halt`, `poweroff` and `reboot`, whatever their options."""
    if "--help" in arguments:
        print("Usage: halt|poweroff|reboot [OPTIONS...]\nEnds the cluster. The machine stays as it is.")
        return 0
    if {"-w", "--wtmp-only"} & set(arguments):
        return not_done("nothing was written to wtmp")
    return end_cluster(timedelta(0))


def init(arguments: list[str]) -> int:
    """`init LEVEL` and `telinit LEVEL`: 0 and 6 end the cluster, the others mean nothing here."""
    level = next((word for word in arguments if not word.startswith("-")), "")
    if level in _RUNLEVELS_THAT_END:
        return end_cluster(timedelta(0))
    return not_done(f"init {level}: the machine's run level was not changed")


def end_cluster(delay: timedelta) -> int:
    """Ask the emulator to end this cluster as EMR does when its master is gone."""
    when = f"in {delay.total_seconds():.0f} s" if delay else "now"
    return _ask_for({"after_seconds": delay.total_seconds()}, f"The cluster is shut down {when}")


def _delay(word: str) -> timedelta | None:
    """How long until `word`; None if it is no time."""
    if word == "now":
        return timedelta(0)
    if minutes := _MINUTES.fullmatch(word):
        return timedelta(minutes=int(minutes.group(1)))
    time = _TIME_OF_DAY.fullmatch(word)
    if time is None or int(time.group(1)) > 23 or int(time.group(2)) > 59:
        return None
    now = datetime.now()
    then = now.replace(hour=int(time.group(1)), minute=int(time.group(2)), second=0, microsecond=0)
    return (then if then > now else then + timedelta(days=1)) - now


def _ask_for(what: dict[str, object], said: str) -> int:
    url, cluster_id = os.environ.get("AWS_ENDPOINT_URL"), os.environ.get("EMRSIM_CLUSTER")
    if not url or not cluster_id:
        return rejected("this is no program of a cluster: nothing was shut down")
    key = f"{os.environ.get('AWS_ACCESS_KEY_ID', '')}:{os.environ.get('AWS_SECRET_ACCESS_KEY', '')}"
    headers = {
        "Content-Type": "application/json",
        "Authorization": f"Basic {base64.b64encode(key.encode()).decode()}",
    }
    address = f"{url.rstrip('/')}/_emrsim/clusters/{cluster_id}/shutdown"
    request = urllib.request.Request(address, json.dumps(what).encode(), headers, method="POST")
    # Whatever proxies the environment names: the emulator is on this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=_TIMEOUT_SECONDS):
            pass
    except urllib.error.HTTPError as error:
        return rejected(f"the cluster was not shut down: {error.read().decode('utf-8', 'replace').strip()}")
    except OSError as error:
        return rejected(f"the cluster was not shut down: {error}")
    return not_done(f"{said}; this machine stays as it is")
