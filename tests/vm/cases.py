# SPDX-License-Identifier: GPL-2.0-or-later
"""What the guests do: the table of cases, for each kernel the same.

A case is a dictionary: kind (a function of init), quick (also in the quick run: True, or the
kernel on which), mem in MiB, cpus, limit (seconds, then the guest is ended), want (kills: so
many at least; in calm loads exactly 0), nodes (of NUMA, mem and cpus are shared out), boot
(words for the kernel), needs (a file of DIR, without which the case is left out), names (the
verdict must be about what kills), and what stands in ROUNDS of a round; the rest is passed to
init as ow_KEY.
"""
import fnmatch
import os
import re

HERE = os.path.dirname(os.path.abspath(__file__))
CALM = ("warm", "copy", "build")
LOCAL = ("quick", "mem", "cpus", "limit", "want", "nodes", "boot", "needs",
         "names")  # not for init
# Kills in a round of rounds.sh where it is not one.
KILLS_OF_ROUND = dict(plain=2, adj=2, v1_disabled=0)


def case(kind, seed=1, **more):
    options = dict(kind=kind, seed=seed, quick=False, mem=256, cpus=1, limit=150)
    options["want"] = more.get("kills", 1 if kind == "grow" else 0)
    options.update(more)
    return options


def still():
    """sysrq-f over a crowd that rests."""
    cases = {}
    for seed in range(1, 7):
        cases["still-%d" % seed] = case(
            "still", seed, total=120, count=8 + seed * 5, kills=5, cpus=1 + seed % 2,
            quick=seed == 2 and "6.1")
    # One more process beside the crowd, which is first.
    for extra, quick in (("dead", "6.12"), ("vfork", False), ("sharer", "6.1"),
                         ("threads=40", False), ("tables=9000", "6.12"),
                         ("uid=1000,adj=300", False)):
        cases["still-" + re.match("[a-z]+", extra)[0]] = case(
            "still", 5, total=60, count=8, kills=2, extra="anon=40,shared=10," + extra,
            quick=quick)
    # Counters of swap entries, which a CPU each holds a part of.
    cases["still-swap"] = case("still", 51, total=230, count=20, kills=5, swap="disk", cpus=2,
                               limit=240)
    for seed in (1, 2):
        cases["ties-%d" % seed] = case("ties", seed, total=60, count=4 + seed, kills=3, equal=1,
                                       cpus=seed, quick=seed == 1 and "6.12")
    # sysrq-f while others grow and come and go: the first place changes every second.
    cases["churn"] = case("churn", 1, mem=512, total=80, count=10, kills=8, cpus=2, delay="0.1")
    return cases


def growing():
    """A global OOM."""
    cases = {}
    for rate, mem in ((5, 256), (20, 256), (20, 512), (60, 256), (60, 512)):
        cases["grow-%d-%d" % (rate, mem)] = case(
            "grow", 100 + rate + mem, mem=mem, total=60, rate=rate, quick=(rate, mem) == (20, 256))
    for rate in (20, 60):
        cases["grow-%d-disk" % rate] = case("grow", rate, total=60, rate=rate, swap="disk",
                                            limit=240, quick=rate == 20 and "6.12")
    cases["grow-20-zram"] = case("grow", 20, total=60, rate=20, swap="zram", limit=240)
    for swap in ("none", "disk"):
        cases["allocating-" + swap] = case(
            "grow", 9, total=60, rate=30, swap=swap, allocating=1, limit=240,
            quick=swap == "none" and "6.1")
    # Several that grow at different rates, so that the first place changes hands.
    for seed, rates in ((1, "40+4,20+8,0+11"), (2, "30+3,25+4,20+5,0+9")):
        cases["race-%d" % seed] = case("race", seed, total=30, cpus=seed, rates=rates,
                                       want=rates.count("+"))
    cases["race-disk"] = case("race", 3, total=30, rates="40+4,20+8,0+11", swap="disk", want=3,
                              limit=240)
    return cases


def calm():
    """Loads that end by themselves; and thrashing, which is none of these, and no OOM."""
    cases = {
        "warm": case("warm", 10, mem=512, total=40, rate=10, delay=1),
        "warm-fast": case("warm", 40, mem=512, total=40, rate=40, delay=1),
        "warm-swap": case("warm", 7, mem=512, total=40, rate=20, delay=1, swap="disk"),
        "copy": case("copy", 256, total=40, delay=1, quick="6.12"),
        "build": case("build", 256, total=40, delay=1),
        "thrash": case("thrash", 3, total=30, swap="disk", delay=1),
    }
    return cases


def rounds(of, **more):
    """Rounds of rounds.sh, one after the other in a guest."""
    words = of.split()
    more.setdefault("limit", 60 + 30 * len(words))
    return case("rounds", more.pop("seed", len(words)), rounds=",".join(words),
                want=sum(KILLS_OF_ROUND.get(n, 1) for n in words), **more)


def scoped():
    """An OOM of a cgroup or of a set of nodes; and a cgroup full of cache, which is none."""
    # Where swap is not accounted for unless it is asked for (5.10).
    swap = dict(swap="disk", boot="swapaccount=1")
    v1 = dict(version=1)
    two_nodes = dict(mem=384, cpus=2, nodes=2, names=1)
    return {
        "memcg-limit": rounds("plain adj parent", quick="6.12"),
        "memcg-nested": rounds("both child", quick="6.1"),
        "memcg-ties": rounds("ties", quick="6.1"),
        "memcg-ties-more": rounds("ties ties ties", cpus=2),
        "memcg-seeds": rounds("plain plain plain parent both", seed=7, cpus=2),
        "memcg-group": rounds("group_self group_above group_child", quick="6.12"),
        "memcg-group-not": rounds("group_beside group_beyond", quick="6.1"),
        "memcg-group-smp": rounds("group_above group_self", seed=3, cpus=2),
        "memcg-swap": rounds("swap_max swap_none", quick="6.12", **swap),
        "memcg-swap-unset": rounds("swap_unset plain parent", **swap),
        "memcg-swap-unaccounted": rounds("swap_unset swap_none", swap="disk"),
        "memcg-swap-zram": rounds("swap_max", swap="zram", boot="swapaccount=1"),
        "memcg-v1": rounds("v1_plain v1_disabled", quick="6.1", **v1),
        "memcg-v1-below": rounds("v1_flat v1_parent", **v1),
        "memcg-v1-swap": rounds("v1_memsw v1_unswapped", **v1, **swap),
        "nodes": rounds("nodes policy", quick="6.12", **two_nodes),
        "nodes-v1": rounds("nodes", quick="6.1", controller="cpuset", **v1, **two_nodes),
        "nodes-swap": rounds("nodes", **two_nodes, **swap),
        "container": rounds("container", quick="6.12", mem=4096, names=1),
        "cache": case("cache", quick="6.1", limit=200, seconds=60),
        "cache-long": case("cache", limit=900, seconds=600),
        "cache-mapped": case("cache", limit=200, seconds=60, mapped=1),
    }


def killers():
    """A userspace killer, which comes before the kernel."""
    return {
        "killer-earlyoom": case("killer", 7, total=60, rate=12, needs="earlyoom",
                                killer="-m,30,-r,0", quick="6.12"),
        "killer-earlyoom-swap": case("killer", 6, total=60, rate=20, needs="earlyoom",
                                     killer="-m,30,-s,50,-r,0", swap="disk", limit=240),
    }


def acts():
    """act/*.sh; a line "# vm: WORDS" holds quick and options."""
    cases = {}
    for name in sorted(os.listdir(os.path.join(HERE, "act"))):
        if not name.endswith(".sh"):
            continue
        with open(os.path.join(HERE, "act", name)) as script:
            words = re.findall(r"^# vm: (.*)", script.read(), re.M)
        options = dict(act=name[:-3], limit=90)
        for word in " ".join(words).split():
            key, equals, value = word.partition("=")
            options[key] = (int(value) if value.isdigit() else value) if equals else True
        cases["act-" + name[:-3]] = case("act", **options)
    return cases


def records():
    """Recordings, for tests/roots: see pick."""
    cases = {}

    def record(name, kind, seed, **more):
        cases["record-" + name] = case(kind, seed, capture=1, limit=240, **more)

    record("still", "still", 11, total=100, count=8, kills=2)
    record("smp", "still", 12, total=100, count=8, kills=2, cpus=2)
    record("dead", "still", 5, total=60, count=5, kills=1, extra="anon=40,shared=10,dead")
    record("sharer", "still", 5, total=60, count=5, kills=1, extra="anon=40,shared=10,sharer")
    record("tables", "still", 5, total=60, count=5, kills=1, extra="anon=10,tables=9000")
    record("ties", "ties", 3, total=50, count=5, kills=2, equal=1)
    record("adj", "still", 21, total=80, count=8, kills=2, extra="anon=10,uid=1000,adj=400")
    record("grow", "grow", 13, total=50, count=5, rate=15)
    record("swap", "grow", 14, total=50, count=5, rate=15, swap="disk")
    record("allocating", "grow", 15, total=50, count=5, rate=20, allocating=1)
    for name, of in (("limit", "plain"), ("group", "group_child"), ("nested", "both"),
                     ("ties", "ties")):
        record("memcg-" + name, "rounds", 2, rounds=of)
    record("memcg-v1", "rounds", 2, rounds="v1_parent", version=1)
    record("nodes", "rounds", 2, rounds="nodes", mem=384, cpus=2, nodes=2)
    return cases


def all_cases():
    cases = {}
    for part in (still, growing, calm, scoped, killers, acts, records):
        cases.update(part())
    return cases


def kind_of(name, options):
    """What a line of the judge's table is about."""
    kind = name.split("-")[0]
    if kind in ("grow", "race", "allocating"):
        swap = options.get("swap", "none")
        return kind + ("" if swap == "none" else " " + swap)
    if options["kind"] == "rounds":
        return kind + "".join(" " + word for word in name.split("-")[1:]
                              if word in ("group", "swap", "v1", "ties"))
    if kind == "still" and not name.split("-")[1].isdigit():
        return "still " + name.split("-")[1]
    return kind


def chosen(work, mode, kernel, patterns):
    """(name, options) of quick, of full, or of the patterns KERNEL/NAME; records are made
    only when they are asked for."""
    for name, options in all_cases().items():
        if "needs" in options and not os.path.exists(os.path.join(work, options["needs"])):
            continue
        if patterns:
            if any(fnmatch.fnmatch("%s/%s" % (kernel, name), p) for p in patterns):
                yield name, options
        elif not options.get("capture") and (mode == "full" or options["quick"] in (True, kernel)):
            yield name, options


def kernels(work):
    """{series: release} of those that prepare found."""
    with open(os.path.join(work, "kernels")) as lines:
        return dict(line.split() for line in lines)


def split_mode(args):
    """(mode, the rest) of a command line."""
    if args and args[0] in ("quick", "full"):
        return args[0], args[1:]
    return "full", args
