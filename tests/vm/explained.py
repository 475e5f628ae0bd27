# SPDX-License-Identifier: GPL-2.0-or-later
"""What oomwatch says of the kernel's reports, afterwards and live, beside what the judge read."""
import json
import os
import subprocess

# A report is told when the log was quiet for 100 ms, and the victim's last line comes after it.
QUIET_MS = 250
SAMPLES = 2
# Between the first and the last line of a report, on a slow console.
APART_MS = 3000
CAUSES = dict(memcg="memcg_limit", sysrq="sysrq")


def program(work):
    """The one that ran in the guests."""
    return os.environ.get("OOMWATCH") or os.path.join(work, "oomwatch")


def explain(work, console):
    """(reports, None), or (None, why not)."""
    try:
        ran = subprocess.run([program(work), "--explain", "--json", console], check=False,
                             capture_output=True, text=True, errors="replace", timeout=60)
        lines = [json.loads(line) for line in ran.stdout.splitlines()]
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        return None, str(error)
    if ran.returncode:
        return None, "it exits with %d: %s" % (ran.returncode, ran.stderr.strip())
    return [line for line in lines if line["type"] == "oom_report"], None


def wrong_with(report, kill):
    """What of one report is not as the judge read it; "" if nothing."""
    victims = [victim["pid"] for victim in report["victims"]]
    others = [pid for pid in kill.members if pid != kill.pid]  # it may be listed again
    again = report["recomputed"] or {}
    trigger = "sysrq" if kill.by_sysrq else "memcg" if kill.constraint == "memcg" else "alloc"
    found = []
    if not report["complete"]:
        found.append("lines %s are not complete" % report["lines"])
    if victims[:1] != [kill.pid]:
        found.append("its victim is %s" % victims[:1])
    elif victims[1:] != others:
        found.append("with it died %s, not %s" % (victims[1:], others))
    if report["constraint"] != kill.constraint or report["memcg"] != kill.memcg:
        found.append("it is of %s %s, not %s %s" % (
            report["constraint"], report["memcg"], kill.constraint, kill.memcg))
    if report["trigger"] != trigger:
        found.append("it was asked for by %s, not %s" % (report["trigger"], trigger))
    if report["cause"] != CAUSES.get(trigger, report["cause"]) or report["cause"] == "unknown":
        found.append("its cause is %s" % report["cause"])
    if report["kernel_release"] is None or not report["explanation"]:
        found.append("it names no kernel, or is not explained")
    if len(report["tasks"]) + report["tasks_left_out"] != len(kill.table or []):
        found.append("it has %d rows, not %d" % (len(report["tasks"]), len(kill.table or [])))
    if kill.of_allocating and "oom_kill_allocating_task" not in again.get("why", ""):
        found.append("it does not say that whoever asks is killed")
    if not again.get("agrees") and not again.get("why"):
        found.append("the choice made again differs, and nothing says why")
    return "; ".join(found)


def is_of(entry, kill):
    return entry["pid"] in (kill.pid, kill.group()) and \
        entry["uptime_ms"] is not None and abs(entry["uptime_ms"] - kill.ms) <= APART_MS


def told_live(samples, kill):
    """The entry of "kills" in the first samples after a kill; False: none has it; None: there
    are no such samples.  The one that began last before it may have read it at its end."""
    before = [s for s in samples if s["uptime_ms"] < kill.ms]
    after = before[-1:] + [s for s in samples if s["uptime_ms"] >= kill.ms]
    quiet = [s for s in after if s["uptime_ms"] >= kill.ms + QUIET_MS]
    until = quiet[SAMPLES - 1]["uptime_ms"] if len(quiet) >= SAMPLES else None
    for s in after:
        if until is not None and s["uptime_ms"] > until:
            break
        found = next((e for e in s.get("kills") or [] if is_of(e, kill)), None)
        if found:
            return found
    return False if until is not None else None


def strays(samples, kills):
    """Entries of the kernel's kills that tell of none, or of one a second time."""
    seen, found = set(), []
    for entry in (e for s in samples for e in s.get("kills") or [] if e["killer"] == "kernel"):
        kill = next((k for k in kills if is_of(entry, k)), None)
        if kill is None or kill in seen:
            found.append(entry)
        seen.add(kill)
    return found
