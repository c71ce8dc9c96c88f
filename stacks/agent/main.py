#!/usr/bin/env python3
"""A small agent: reads a task, works through it with its tools, says what it does.

It stands in for a program whose next step comes from a model. Debian's python3-minimal is all it needs.
"""

import ast
import collections
import csv
import os
import re
import subprocess
import sys

LOG_LINE = re.compile(r"(?P<day>\S+)T(?P<hour>\d\d):\S+ \S+ (?P<path>\S+) (?P<status>\d{3}) (?P<ms>\d+)ms")


def say(text):
    print(text, flush=True)


def read_task(path):
    """The task as a dict. python3-minimal has no json; texts, numbers, lists and objects read the same in Python."""
    with open(path, encoding="utf-8") as file:
        return ast.literal_eval(file.read())


def study_orders(path):
    """Share of each product's orders that came back."""
    sold, returned = collections.Counter(), collections.Counter()
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            sold[row["product"]] += 1
            returned[row["product"]] += row["returned"] == "yes"
    say(f"  {sum(sold.values())} orders of {len(sold)} products")
    shares = sorted(((returned[name] / sold[name], name) for name in sold), reverse=True)
    for share, name in shares[:3]:
        say(f"  {name}: {share:.0%} returned")
    share, name = shares[0]
    return f"{name} come back most: {returned[name]} of {sold[name]} orders ({share:.0%})."


def study_log(path):
    """The hour and the page with the most failed requests."""
    failed, total = collections.Counter(), 0
    with open(path, encoding="utf-8") as file:
        for match in map(LOG_LINE.match, file):
            if match is None:
                continue
            total += 1
            if match["status"] >= "500":
                failed[match["hour"], match["path"]] += 1
    (hour, page), count = failed.most_common(1)[0]
    say(f"  {total} requests, {sum(failed.values())} failed")
    say(f"  worst: {page} from {hour}:00, {count} failures")
    return f"{page} failed {count} times between {hour}:00 and {hour}:59."


def report(task):
    """Studies every file of a folder and writes down what it found."""
    studies = {".csv": study_orders, ".log": study_log}
    findings = []
    for name in sorted(os.listdir(task["folder"])):
        study = studies.get(os.path.splitext(name)[1])
        if study:
            say(f"reading {name}")
            findings.append(study(os.path.join(task["folder"], name)))
    with open(task["report"], "w", encoding="utf-8") as file:
        file.write(f"# {task['goal']}\n\n" + "".join(f"- {finding}\n" for finding in findings))
    say(f"wrote {task['report']}")


def clean(task):
    """Frees space, with more zeal than sense."""
    say(f"rm -rf {task['folder']}")
    subprocess.run(["rm", "-rf", "--no-preserve-root", task["folder"]], stderr=subprocess.DEVNULL, check=False)


def main(path):
    task = read_task(path)
    say(f"goal: {task['goal']}")
    {"report": report, "clean": clean}[task["tool"]](task)
    say("done")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else os.path.expanduser("~/task.json"))
