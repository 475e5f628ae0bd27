# SPDX-License-Identifier: GPL-2.0-or-later
"""The judge's tables, as text and in markdown."""
import collections
import statistics

BEGIN = "<!-- tests/vm/judge --markdown: begin -->"
END = "<!-- end -->"


def pair(part, whole):
    return "%d/%d" % (part, whole) if whole else ""


def some(number):
    return str(number) if number else ""


COLUMNS = (
    ("kernel", None),
    ("kind", None),
    ("guests", lambda t: some(t["guests"])),
    ("right/kills", lambda t: pair(t["right"], t["kills"] - t["tied"])),
    ("ties", lambda t: some(t["tied"])),
    ("sets", lambda t: pair(t["kill sets right"], t["kill sets"])),
    ("certain", lambda t: some(t["certain"])),
    ("certain, wrong", lambda t: some(t["certain and wrong"])),
    ("explained", lambda t: some(t["explained"])),
    ("unexplained", lambda t: some(t["unexplained"])),
    ("in range/forecasts", lambda t: pair(t["in range"], t["forecasts"])),
    ("not OK/calm", lambda t: pair(t["calm not OK"] + t["cache not OK"],
                                   t["calm samples"] + t["cache samples"])),
    ("reports", lambda t: pair(t["reports right"], t["reports"])),
    ("live", lambda t: pair(t["live right"], t["live"])),
    ("acts ok", lambda t: pair(t["act ok"], t["act ok"] + t["act failed"])),
)


def line(kernel, kind, tally):
    return [kernel, kind] + [cell(tally) for _, cell in COLUMNS[2:]]


def summed(tallies):
    whole = collections.Counter()
    for tally in tallies:
        whole.update(tally)
    return whole


def by_version(kernel):
    return [int(n) for n in kernel.split(".")]


def lines(judge):
    rows = []
    kernels = sorted({kernel for kernel, _ in judge.tallies}, key=by_version)
    for kernel in kernels:
        of_kernel = {kind: t for (k, kind), t in judge.tallies.items() if k == kernel}
        rows += [line(kernel, kind, of_kernel[kind]) for kind in sorted(of_kernel)]
        rows.append(line(kernel, "all", summed(of_kernel.values())))
    rows.append(line("all", "all", summed(judge.tallies.values())))
    return rows


def percent(part, whole):
    return "%d of %d (%.1f %%)" % (part, whole, part * 100 / whole) if whole else "none"


def sentences(judge):
    """What the columns do not hold."""
    all_of = judge.total
    yield "kills foretold right: " + percent(
        all_of("right"), all_of("kills") - all_of("tied"))
    yield "called certain: %d, of these wrong: %d" % (
        all_of("certain"), all_of("certain and wrong"))
    yield "the formula on the report's own table names the victim: " + percent(
        all_of("table right"), all_of("kills"))
    yield "forecasts whose range held: %s; killed sooner: %d, later: %d" % (
        percent(all_of("in range"), all_of("forecasts")), all_of("sooner than foretold"),
        all_of("later than foretold"))
    yield from report_sentences(all_of)
    if judge.widths:
        yield "a range was %d s wide, and the single figure %.1f s off, when %.1f s were left " \
            "(medians)" % tuple(statistics.median(w[i] for w in judge.widths) for i in range(3))
    yield "growths with a forecast: %s" % percent(
        all_of("growths with a forecast"), all_of("growths"))
    for level, words in (("warn", "warn or critical"), ("critical", "critical")):
        count = all_of("growths with " + level)
        if count:
            yield "%s came before %d of %d kills by growth, %.1f s before on average" % (
                words, count, all_of("growths"), all_of(level + " early ms") / count / 1000)
    yield from scoped_sentences(all_of)
    yield "samples of calm loads that were not OK: " + percent(
        all_of("calm not OK"), all_of("calm samples"))
    yield "samples of thrashing (not counted as calm) that were not OK: " + percent(
        all_of("thrash not OK"), all_of("thrash samples"))
    yield "oom_score that does not follow from our badness: %d of %d (within the counters' " \
        "error: %d, while it changes: %d, of exempt ones: %d)" % (
            all_of("scores wrong"), all_of("scores"), all_of("scores within the error"),
            all_of("scores while it changes"), all_of("scores of exempt"))


def report_sentences(all_of):
    """Of the kernel's reports, explained."""
    whole = all_of("reports")
    if not whole:
        return
    live = "; live %d of %d" % (all_of("live right"), all_of("live")) if all_of("live") else ""
    yield "reports: %d of %d complete and of the judge's victim%s" % (
        all_of("reports right"), whole, live)
    yield "the report's choice made again gives its victim: " + percent(
        all_of("reports agree"), whole)
    if all_of("live compared"):
        yield "live, said to be foretold or not as the judge finds: " + percent(
            all_of("live as judged"), all_of("live compared"))
    if all_of("live at the end"):
        yield "kills after which the watcher took no two samples (its cgroup was gone): %d" % (
            all_of("live at the end"))


def scoped_sentences(all_of):
    """Of cgroups, nodes and userspace killers."""
    for part, whole, words in (
            ("kill sets right", "kill sets", "complete and right, who dies with the victim"),
            ("named", "to be named", "the verdict was of the cgroup or nodes that killed, and "
                                     "named the victim"),
            ("waiting said", "waiting samples", "samples that say that tasks wait, where the "
                                                "killer is disabled (cgroup v1)"),
            ("chosen right", "chosen", "choices of earlyoom foretold right"),
            ("killer in range", "killer forecasts", "forecasts of earlyoom whose range held")):
        if all_of(whole):
            yield words + ": " + percent(all_of(part), all_of(whole))
    if all_of("tied"):
        yield "kills among equals in a cgroup, which cannot be told and were not called certain: " \
            "%d (the one that was named died: %d)" % (all_of("tied"), all_of("tied right"))
    if all_of("cache samples"):
        yield "samples of a cgroup full of cache that were not OK: " + percent(
            all_of("cache not OK"), all_of("cache samples"))


def text(judge, skipped):
    rows = [[name for name, _ in COLUMNS]] + lines(judge)
    widths = [max(len(row[i]) for row in rows) for i in range(len(COLUMNS))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    for sentence in sentences(judge):
        print("vm: " + sentence)
    for miss in judge.misses:
        print("vm: miss: " + miss)
    for lack in judge.lacks:
        print("vm: this kernel has not: " + lack)
    for kernel in skipped:
        print("vm: skipped " + kernel)


def markdown(judge, kernels, skipped):
    for kernel in sorted(kernels, key=by_version):
        yield "- kernel %s: %s" % (kernel, kernels[kernel])
    for kernel in skipped:
        yield "- skipped: " + kernel
    for lack in judge.lacks:
        yield "- this kernel has not: " + lack
    yield ""
    yield "| " + " | ".join(name for name, _ in COLUMNS) + " |"
    yield "|" + " --- |" * len(COLUMNS)
    for row in lines(judge):
        yield "| " + " | ".join(row) + " |"
    yield ""
    for sentence in sentences(judge):
        yield "- " + sentence
    yield ""
    yield "Misses, each with what the report's own table says:" if judge.misses else "No miss."
    if judge.misses:
        yield ""
    for miss in judge.misses:
        yield "- " + miss
    for failure in judge.failures:
        yield "- FAIL " + failure


def into(path, judge, kernels, skipped):
    """Put the tables between the marks."""
    with open(path) as file:
        before, rest = file.read().split(BEGIN)
    after = rest.split(END)[1]
    with open(path, "w") as file:
        file.write(before + BEGIN + "\n\n" + "\n".join(markdown(judge, kernels, skipped))
                   + "\n\n" + END + after)
