# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel's reports on a console: what was killed, and the table of tasks beside it."""
import re

# Lines of init and of the kernel share the console: a record may start within a line.
RECORD = re.compile(r"\[ *(\d+)\.(\d{6})\] ")
KILL = re.compile(r"(?:^|: )Killed process (\d+) \((.*)\) total-vm:")
ROW = re.compile(r"\[ *\d+\] +\d+ ")
GROUP = re.compile(r"Tasks in (.*) are going to be killed due to memory\.oom\.group set")
CONSTRAINTS = dict(CONSTRAINT_NONE="none", CONSTRAINT_MEMCG="memcg", CONSTRAINT_CPUSET="cpuset",
                   CONSTRAINT_MEMORY_POLICY="memory_policy")


class Kill:
    """A line "Killed process", with what its report said before. table: None without one.
    group_path, members: of memory.oom.group, the PIDs of those further lines; a line each
    counts in vmstat's oom_kill."""

    def __init__(self, ms, pid, comm, report, of_allocating):
        self.ms, self.pid, self.comm = ms, pid, comm
        self.of_allocating = of_allocating
        self.table = report["table"] if report and report["columns"] else None
        self.by_sysrq = bool(report) and report["order"] == -1
        self.invoker = report["invoker"] if report else None
        self.invoker_pid = report["invoker_pid"] if report else None
        self.constraint = report["constraint"] if report else None
        self.memcg = report["memcg"] if report else None
        self.group_path, self.members = None, []

    def lines(self):
        return 1 + len(self.members)

    def dead(self):
        """Thread groups that the report says are killed."""
        return {self.group()} | {self.group_of(pid) for pid in self.members}

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
                          order=int(order[1]) if order else None, table=[], columns=None,
                          constraint=None, memcg=None)
            continue
        kill = KILL.search(record)
        group = GROUP.search(record)
        if group and kills:
            kills[-1].group_path = group[1]
        elif kill and report is None and kills and kills[-1].group_path is not None:
            kills[-1].members.append(int(kill[1]))
        elif kill:
            kills.append(Kill(ms, int(kill[1]), kill[2], report,
                              "(oom_kill_allocating_task)" in record))
            report = None  # the next may come without one: they are rate-limited
        elif report:
            read_report(report, record)
    return kills


def read_report(report, record):
    if record.startswith("oom-kill:constraint="):
        report["constraint"] = CONSTRAINTS.get(record[20:].split(",")[0])
        memcg = re.search(r",oom_memcg=(.*?),task_memcg=", record)
        report["memcg"] = memcg[1] if memcg else None
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
    """What init said: [(what follows "vm: ")], without records that fell into the middle of it."""
    text = re.sub(RECORD.pattern + ".*\n", "", text.replace("\r", ""))
    return [m[1] for m in re.finditer(r"vm: (.*)", text)]


class Round:
    """What rounds.sh said of one: when it began (milliseconds of uptime), which scope was
    watched, and alive: [(ms, PIDs)]."""

    def __init__(self, ms, name, scope):
        self.ms, self.name, self.scope = ms, name, scope
        self.alive, self.waits_ms = [], None

    def alive_after(self, ms):
        """(ms, PIDs) of the first list after that, or None."""
        return next((a for a in self.alive if a[0] > ms), None)


def read_rounds(text):
    rounds = []
    for mark in read_marks(text):
        words = mark.split()
        if len(words) < 2 or not re.match(r"[0-9.]+$", words[0]):
            continue
        ms = int(float(words[0]) * 1000)
        if words[1] == "round":
            rounds.append(Round(ms, words[2], words[3]))
        elif words[1].startswith("alive") and rounds:
            rounds[-1].alive.append((ms, {int(w) for w in words[2:] if w.isdigit()}))
        elif words[1:] == ["tasks", "wait"] and rounds:
            rounds[-1].waits_ms = ms
    return rounds


def read_lacks(text):
    """What a round needs and this kernel has not."""
    return [mark.split(" lacks ", 1)[1] for mark in read_marks(text) if " lacks " in mark]


def read_choice(text):
    """(ms, PID) of earlyoom's first SIGTERM, or None."""
    for mark in read_marks(text):
        found = re.match(r"([0-9.]+) earlyoom: sending SIG\w+ to process (\d+)", mark)
        if found:
            return int(float(found[1]) * 1000), int(found[2])
    return None
