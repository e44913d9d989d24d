#!/usr/bin/env python3
"""Writes docs/third-party.md of the reports of a run of .ci/third-party and of the baselines.

    third-party/docs.py REPORTS

REPORTS is the folder with one folder a report. Which servers there are, and in which order, says servers.toml; versions
are read where they are pinned; the reasons are those of the baselines. Nothing is written by hand behind this script.
"""

import json
import re
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "third-party.md"

# How a cell of the matrix shows what a requirement came to, from the worst on. What is worst over the revisions is shown.
MARKS = [("failure", "**M**"), ("error", "!"), ("incomplete", "?"), ("warning", "S"), ("note", "n")]
LEGEND = "**M** violated at MUST, S at SHOULD, n a note (derived or MAY), ? not decided, · met, empty: does not apply"

HEAD = """# Servers of other people

What came of judging the servers in [third-party/](../third-party/README.md). Written by `.ci/third-party docs` of the reports
and the baselines. Met, violated and so on count each requirement once a revision. A violated SHOULD is a warning, and one
marked *derived* a note; neither fails a run. The exchange below a violation is the first that shows it, at the latest revision;
ports are left out and tokens are redacted.
"""


class Server:
    """A configuration that is judged: its entry in servers.toml, its report, its baseline."""

    def __init__(self, entry, reports):
        self.report_name = entry["report"]
        self.folder = HERE / entry.get("folder", self.report_name)
        self.pins = HERE / entry.get("pins", self.folder.name)
        self.title = entry["title"]
        self.packages = entry["packages"]
        self.guard = entry["guard"]
        self.report = json.loads((reports / self.report_name / "report.json").read_text())
        self.requirements = self.report["requirements"]
        self.reasons = {known["id"]: known["reason"] for known in tomllib.loads(self.baseline().read_text()).get("known", [])}

    def baseline(self):
        suffix = self.report_name.removeprefix(self.folder.name)
        own = self.folder / f"baseline{suffix}.toml"
        return own if own.exists() else self.folder / "baseline.toml"

    def library(self):
        return ", ".join(f"`{name}` {pinned(self.pins, name)}" for name in self.packages)

    def revisions(self):
        seen = sorted({one["revision"] for one in self.requirements if one["verdict"] != "not applicable"})
        return span(seen, sorted({one["revision"] for one in self.requirements}))

    def violated(self):
        """The violated requirements by id: the records of each, the strongest rule first."""
        found = {}
        for one in self.requirements:
            if one["verdict"] == "violated":
                found.setdefault(one["id"], []).append(one)
        rank = {severity: at for at, (severity, _) in enumerate(MARKS)}
        return dict(sorted(found.items(), key=lambda item: (min(rank[one["severity"]] for one in item[1]), item[0])))

    def undecided(self):
        return sorted({one["id"] for one in self.requirements if one["verdict"] == "inconclusive"})

    def mark(self, id):
        verdicts = [(one["verdict"], one["severity"]) for one in self.requirements if one["id"] == id]
        for severity, mark in MARKS:
            if any(seen == severity for _, seen in verdicts):
                return mark
        return "·" if any(verdict == "met" for verdict, _ in verdicts) else ""


def pinned(folder, name):
    """The version of a package, where the folder pins it."""
    for source in (folder / "package.json", folder / "requirements.txt", folder / "Cargo.toml", folder / "commit"):
        if not source.exists():
            continue
        text = source.read_text()
        if source.name == "commit" and name.endswith(".ts"):
            return f"at {text.strip()[:7]}"
        if source.name == "package.json" and name in json.loads(text)["dependencies"]:
            return json.loads(text)["dependencies"][name]
        if source.name == "requirements.txt":
            match = re.search(rf"^{re.escape(name)}(?:\[[^\]]*\])?==(\S+)", text, re.M)
            if match:
                return match[1]
        if source.name == "Cargo.toml" and name in tomllib.loads(text)["dependencies"]:
            wanted = tomllib.loads(text)["dependencies"][name]
            return (wanted if isinstance(wanted, str) else wanted["version"]).lstrip("=")
    raise SystemExit(f"{folder.name} pins no version of {name}")


def span(seen, every):
    if seen == every:
        return "all four"
    return seen[0] if len(seen) == 1 else f"{seen[0]} to {seen[-1]}"


def without_ports(text):
    return re.sub(r"txn_id=[^\s\"&]+", "txn_id=…", re.sub(r"(localhost|127\.0\.0\.1):\d+", r"\1", text))


REQUEST_FIELDS = ("authorization", "origin", "host", "x-forwarded-host", "forwarded", "cookie", "mcp-name")
RESPONSE_FIELDS = ("www-authenticate", "content-type", "location", "access-control-allow-origin")


def exchange_lines(exchange):
    path = re.sub(r"^https?://[^/]+", "", exchange["url"]) or "/"
    yield f"{exchange['method']} {path}    ({exchange['label']})"
    for name, value in exchange["request_headers"]:
        if name in REQUEST_FIELDS:
            yield f"{name}: {value}"
    if exchange["status"] is None:
        yield exchange["failure"] or "no answer"
        return
    yield f"HTTP {exchange['status']}"
    for name, value in exchange["response_headers"]:
        if name in RESPONSE_FIELDS:
            yield f"{name}: {value}"
    if exchange["method"] == "GET" and exchange["response_body"]:
        yield exchange["response_body"].strip().splitlines()[0][:400]


def shown(one):
    """What shows the first violation of a requirement."""
    for scenario in sorted(one["scenarios"], key=lambda scenario: scenario["name"]):
        for finding in scenario["findings"]:
            if finding["verdict"] != "violated":
                continue
            by_number = {exchange["number"]: exchange for exchange in scenario["exchanges"]}
            evidence = [by_number[number] for number in finding["evidence"] if number in by_number]
            lines = list(exchange_lines(evidence[-1])) if evidence else [finding["actual"]]
            return [without_ports(line) for line in lines]
    return []


def keywords(records):
    first = records[-1]
    words = [first["keyword"] or ""] + (["derived"] if first["derived"] else [])
    revisions = sorted(one["revision"] for one in records)
    last = revisions[0] if len(revisions) == 1 else f"{revisions[0]} to {revisions[-1]}"
    return ", ".join([word for word in words if word] + [last])


def table(servers):
    yield "| | server | library and version | what guards it | revisions | met | violated | of which MUST | not decided | does not apply |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for number, server in enumerate(servers, 1):
        totals = server.report["totals"]
        must = sum(one["severity"] == "failure" for one in server.requirements)
        yield (
            f"| {number} | {server.title} | {server.library()} | {server.guard} | {server.revisions()} | {totals['met']} "
            f"| {totals['violated']} | {must} | {totals['inconclusive']} | {totals['not_applicable']} |"
        )


def matrix(servers):
    yield "Each rule that a server breaks or that could not be decided for one, by the numbers of the servers in the table above."
    yield LEGEND + "."
    yield ""
    yield "| rule | " + " | ".join(str(number) for number in range(1, len(servers) + 1)) + " |"
    yield "|---|" + "---|" * len(servers)
    shown_marks = {mark for _, mark in MARKS}
    for id in sorted({one["id"] for server in servers for one in server.requirements}):
        marks = [server.mark(id) for server in servers]
        if shown_marks & set(marks):
            yield f"| {id} | " + " | ".join(marks) + " |"


def section(server):
    yield f"## {server.title}"
    yield ""
    for id, records in server.violated().items():
        yield f"**{id}** ({keywords(records)}): {server.reasons.get(id, records[-1]['title'])}."
        yield ""
        for line in shown(records[-1]):
            yield f"    {line}"
        yield ""
    undecided = server.undecided()
    if undecided:
        reasons = [f"{id} ({server.reasons[id]})" if id in server.reasons else id for id in undecided]
        yield "Not decided: " + "; ".join(reasons) + "."
        yield ""


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    reports = Path(sys.argv[1])
    entries = tomllib.loads((HERE / "servers.toml").read_text())["server"]
    servers = [Server(entry, reports) for entry in entries]
    lines = [HEAD.rstrip(), "", *table(servers), "", "## Requirement by server", "", *matrix(servers), ""]
    for server in servers:
        lines.extend(section(server))
    PAGE.write_text("\n".join(lines).rstrip() + "\n")


if __name__ == "__main__":
    main()
