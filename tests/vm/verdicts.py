# SPDX-License-Identifier: GPL-2.0-or-later
"""One kill beside the last sample before it."""


def task_of(sample, pid):
    return next((t for t in sample["tasks"] if t["pid"] == pid), None)


def has_memory(task):
    """Of a process that is killed while it is read the kernel says that it is to be skipped."""
    return task is not None and task["exempt"] not in ("no_mm", "oom_skip")


def last_before(samples, index, kill):
    """The last sample before kill number index, and whether one was passed over that was
    being taken while the kernel killed: the victim has no memory in it any more."""
    before = [s for s in samples
              if s["vmstat"]["oom_kill"] <= index and s["uptime_ms"] <= kill.ms]
    if not before:
        return None, False
    if len(before) > 1:
        last, earlier = (task_of(s, kill.group()) for s in (before[-1], before[-2]))
        if not has_memory(last) and has_memory(earlier):
            return before[-2], True
    return before[-1], False


def risk_of(sample):
    """What is said of the scope that is watched: a verdict, or a cgroup in its words; None if
    there is nothing yet."""
    scope = sample["oom"]["scope"]
    if scope == "system":
        return sample["verdict"]
    if scope.startswith("cgroup:"):
        found = next((c for c in sample["cgroups"] if c["path"] == scope[7:]), None)
        if found is None:
            return None
        return dict(found, left_kib=found["unreclaimable_left_kib"],
                    left_sure_kib=found["unreclaimable_left_sure_kib"])
    return next((r for r in sample["risks"] if r["scope"] == scope), None)


def machine_total(sample):
    """T of the whole machine."""
    memory, page_kib = sample["memory"], sample["kernel"]["page_bytes"] // 1024
    return (memory["mem_total_kib"] + memory["swap_total_kib"]) // page_kib


def alive_in(sample):
    """PIDs in the scope; what init waits with comes and goes."""
    return {t["pid"] for t in sample["tasks"] if t["comm"] not in ("sleep", "usleep")
            and t["exempt"] not in ("kthread", "no_mm", "init", "out_of_scope")}


class KillSet:
    """Who was to die with a kill, and who did. left: the PIDs that lived afterwards."""

    def __init__(self, kill, sample, left):
        oom = sample["oom"]
        self.said = {oom["victim"]} | set(oom["also"])
        # Sharers of memory die without a line in the log, so gone says more; of what is alone
        # with its limit it also says less: whoever was not there yet.
        self.logged = kill.dead()
        self.unsaid = (self.logged | (alive_in(sample) - left)) - self.said
        self.unsaid -= {p for p in self.logged if not task_of(sample, p)}
        self.living = self.said & left
        self.group_right = oom["group"] == kill.group_path
        self.right = not self.unsaid and not self.living and self.group_right

    def why(self, kill, sample):
        words = []
        if self.unsaid:
            words.append("died unsaid: %s" % sorted(self.unsaid))
        if self.living:
            words.append("said to die, lives: %s" % sorted(self.living))
        if not self.group_right:
            words.append("memory.oom.group: said %s, was %s" % (
                sample["oom"]["group"], kill.group_path))
        return "; ".join(words)


def describe(task):
    if not task:
        return "not in the sample"
    return "%s badness %s error %s rank %s growth %s exempt %s" % (
        task["comm"], task["badness_pages"], task["error_pages"], task["rank"],
        task["growth_bytes_per_s"], task["exempt"])


class Verdict:
    """right, certain; why: "" or what explains a miss; unexplained: what does not."""

    def __init__(self, kill, sample, earlier):
        self.kill, self.sample = kill, sample
        oom = self.oom = sample["oom"]
        self.age_ms = kill.ms - sample["uptime_ms"]
        # Kills with no sample between them: next is the first who is not dead yet.
        dead = [k.group() for k in earlier if k.ms >= sample["uptime_ms"]]
        self.on_the_heels = bool(dead)
        self.real = kill.group()
        self.named = next((p for p in oom["order"] if p not in dead), oom["victim"])
        self.first = kill.first_by_table(oom["totalpages"])
        self.table_right = self.real in self.first
        # Who of equals is met last, a cgroup's own order of processes decides.
        self.tied = self.table_right and len(self.first) > 1 and kill.constraint == "memcg"
        self.certain = oom["certain"] and not dead
        self.why = self.unexplained = ""
        self.allocating = kill.of_allocating or oom["outcome"] == "kill_allocating_task"
        if self.allocating:
            self.judge_allocating()
        else:
            self.right = self.named == self.real
        self.tied &= self.named in self.first
        if not self.right:
            self.explain()

    def judge_allocating(self):
        """Who asks for memory is killed; if it must not be, or is none, who is first."""
        foretold = self.oom["outcome"] == "kill_allocating_task"
        invoker = self.kill.group_of(self.kill.invoker_pid)
        if self.kill.of_allocating:
            self.named = invoker
            self.right = foretold and self.oom["victim"] is None and invoker == self.real
            return
        row = self.kill.row_of(invoker)
        self.named = invoker
        if not row or row["oom_score_adj"] == -1000:
            self.named = self.oom["order"][0] if self.oom["order"] else None
        self.right = self.named == self.real

    def explain(self):
        kill, total = self.kill, self.oom["totalpages"]
        named, real = kill.row_of(self.named), kill.row_of(self.real)
        if kill.table is None:
            self.unexplained = "the report has no table"
        elif self.allocating:
            self.unexplained = "%s asked for the memory; outcome %s" % (
                self.named, self.oom["outcome"])
        elif not self.table_right:
            self.unexplained = "the report's table names %s" % self.first
        elif not named:
            self.why = "%s was gone when the kernel looked" % self.named
        elif not task_of(self.sample, self.real):
            self.why = "%s was not there yet in the sample" % self.real
        else:
            self.compare(named, real, kill.points(named, total), kill.points(real, total))

    def compare(self, named, real, named_points, real_points):
        """Both were there: did they change, or were they said to be too close?"""
        changes = {}
        for row, points in ((named, named_points), (real, real_points)):
            task = task_of(self.sample, row["tgid"])
            if task is None or task["badness_pages"] is None:
                self.unexplained = "%s was thought exempt" % row["tgid"]
                return
            change = points - task["badness_pages"]
            beyond = abs(change) > (task["error_pages"] or 0)
            still = not task["growth_bytes_per_s"] and not self.sample["memory"]["swap_total_kib"]
            if beyond and still and self.kill.by_sysrq:
                self.unexplained = "%s had %d pages in the sample, %d in the table" % (
                    row["tgid"], task["badness_pages"], points)
                return
            changes[row["tgid"]] = change
        if named_points == real_points:
            self.why = "a tie by the report's table"
        elif any(changes.values()):
            self.why = "since the sample, by the report's table: " + ", ".join(
                "%d %+d pages" % item for item in changes.items())
        else:
            self.unexplained = "nothing changed since the sample"

    def line(self, name):
        kill, oom = self.kill, self.oom
        return "%s: %d.%03d killed %d %s by %s; said %s%s %d ms before (then %s, margin %s); " \
            "kernel's table says %s%s" % (
                name, kill.ms // 1000, kill.ms % 1000, self.real, kill.comm, kill.invoker,
                self.named, " for certain" if self.certain else " (%s)" % oom["uncertain_why"],
                self.age_ms, oom["victim_at_forecast"], oom["margin_pages"],
                self.real if self.table_right else self.first,
                "" if self.right else "  WRONG")



def div(a, b):
    """C division: toward zero."""
    q = abs(a) // abs(b)
    return q if (a < 0) == (b < 0) else -q


def score_of(badness, total):
    """oom_score of 5.9 and later."""
    return max(div((1000 + div(badness * 1000, total)) * 2, 3), 0)


def judge_score(task, scope_total, total):
    """same, of exempt, within the error, while it changes, or wrong.  oom_score goes by the
    total of the machine, and our badness by that of the scope."""
    if task["badness_pages"] is None:
        return "same" if task["oom_score"] == 0 else "of exempt"
    badness = task["badness_pages"]
    badness += task["oom_score_adj"] * (total // 1000 - scope_total // 1000)
    if score_of(badness, total) == task["oom_score"]:
        return "same"
    error = task["error_pages"] or 0
    low, high = (score_of(badness + e, total) for e in (-error, error))
    if low <= task["oom_score"] <= high:
        return "within the error"
    return "while it changes" if task["growth_bytes_per_s"] != 0 else "wrong"
