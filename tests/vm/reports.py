# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel's reports on a console: what was killed, and the table of tasks beside it."""
import re

# Lines of init and of the kernel share the console: a record may start within a line.
RECORD = re.compile(r"\[ *(\d+)\.(\d{6})\] ")
KILL = re.compile(r"(?:^|: )Killed process (\d+) \((.*)\) total-vm:")
ROW = re.compile(r"\[ *\d+\] +\d+ ")


class Kill:
    """A line "Killed process", with what its report said before. table: None without one."""

    def __init__(self, ms, pid, comm, report, of_allocating):
        self.ms, self.pid, self.comm = ms, pid, comm
        self.of_allocating = of_allocating
        self.table = report["table"] if report and report["columns"] else None
        self.by_sysrq = bool(report) and report["order"] == -1
        self.invoker = report["invoker"] if report else None
        self.invoker_pid = report["invoker_pid"] if report else None

    def group_of(self, pid):
        """The report may name a thread."""
        for row in self.table or []:
            if row["pid"] == pid:
                return row["tgid"]
        return pid

    def group(self):
        return self.group_of(self.pid)

    def row_of(self, tgid):
        return next((r for r in self.table or [] if r["tgid"] == tgid), None)

    def points(self, row, total):
        return (row["rss"] + row["swapents"] + row["pgtables_bytes"] // 4096
                + row["oom_score_adj"] * (total // 1000))

    def first_by_table(self, total):
        """The formula of 5.9 on the kernel's own table: all that come out first.  More than
        one in a tie; a vfork child, which the killer skips, ties with its parent."""
        rows = [r for r in self.table or [] if r["oom_score_adj"] != -1000]
        best = max((self.points(r, total) for r in rows), default=None)
        return [r["tgid"] for r in rows if self.points(r, total) == best]


def records(text):
    """(milliseconds, record), whatever stands before it in its line."""
    for line in text.replace("\r", "").split("\n"):
        marks = list(RECORD.finditer(line))
        for mark, following in zip(marks, marks[1:] + [None]):
            end = following.start() if following else len(line)
            yield int(mark[1]) * 1000 + int(mark[2]) // 1000, line[mark.end():end]


def read_kills(text):
    kills, report = [], None
    for ms, record in records(text):
        if " invoked oom-killer: " in record:
            order = re.search(r"order=(-?\d+)", record)
            report = dict(invoker=record.split(" invoked")[0], invoker_pid=None,
                          order=int(order[1]) if order else None, table=[], columns=None)
            continue
        kill = KILL.search(record)
        if kill:
            kills.append(Kill(ms, int(kill[1]), kill[2], report,
                              "(oom_kill_allocating_task)" in record))
            report = None  # the next may come without one: they are rate-limited
        elif report:
            read_report(report, record)
    return kills


def read_report(report, record):
    who = re.match(r"CPU: \d+ (?:UID: \d+ )?PID: (\d+) ", record)
    if who and report["invoker_pid"] is None:
        report["invoker_pid"] = int(who[1])
    elif re.match(r"\[ +pid +\]", record):
        report["columns"] = record.replace("[", " ").replace("]", " ").split()
    elif report["columns"] and ROW.match(record):
        words = record.replace("[", " ").replace("]", " ").split()
        columns = report["columns"][:-1]  # the last is a name with anything in it
        if len(words) > len(columns):
            report["table"].append({c: int(w) for c, w in zip(columns, words)})


def read_marks(text):
    """What init said: [(what follows "vm: ")]."""
    return [m[1] for m in re.finditer(r"vm: (.*)", text.replace("\r", ""))]
