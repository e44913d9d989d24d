#!/usr/bin/env python3
"""Brings the baselines in line with the reports of a run of .ci/third-party, and keeps their reasons.

    third-party/baselines.py REPORTS [REPORT …]

What is no longer so is taken out, revisions are written anew, and what is new is added with the reason UNREAD: read the sentence
and the exchange before that is replaced, as nothing in a baseline fails a run.
"""

import json
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
UNREAD = "UNREAD"


def folder_of(entry):
    return HERE / entry.get("folder", entry["report"])


def baseline_of(entry):
    """The file of the configuration if it has one, else that of its folder."""
    folder = folder_of(entry)
    own = folder / f"baseline{entry['report'].removeprefix(folder.name)}.toml"
    return own if own.exists() else folder / "baseline.toml"


def brought_in_line(text, requirements):
    reasons = {(known["id"], known["verdict"]): known["reason"] for known in tomllib.loads(text).get("known", [])}
    found = {}
    for one in requirements:
        if one["verdict"] not in ("met", "not applicable"):
            found.setdefault((one["id"], one["verdict"]), []).append(one["revision"])
    lines = [line for line in text.splitlines() if line.startswith("#")][:1]
    for (id, verdict), revisions in sorted(found.items()):
        listed = ", ".join(f'"{revision}"' for revision in sorted(revisions))
        reason = json.dumps(reasons.get((id, verdict), UNREAD), ensure_ascii=False)
        lines += ["", "[[known]]", f'id = "{id}"', f'verdict = "{verdict}"', f"revisions = [{listed}]", f"reason = {reason}"]
    return "\n".join(lines) + "\n"


def main():
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    reports, chosen = Path(sys.argv[1]), sys.argv[2:]
    seen = set()
    for entry in tomllib.loads((HERE / "servers.toml").read_text())["server"]:
        path = baseline_of(entry)
        if path in seen or (chosen and entry["report"] not in chosen):
            continue
        seen.add(path)
        report = json.loads((reports / entry["report"] / "report.json").read_text())
        text = brought_in_line(path.read_text(), report["requirements"])
        path.write_text(text)
        for _ in range(text.count(f'"{UNREAD}"')):
            print(f"{path.relative_to(HERE.parent)}: a reason is to be written")


if __name__ == "__main__":
    main()
