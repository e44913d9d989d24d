"""What the Python servers here have in common and no library is concerned with: where they are, whom they trust, and the
notes of each user."""

import os
from datetime import datetime, timezone

ISSUER = os.environ["MCP_CONFORMANCE_AUTH_SERVER_URL"]
PORT = int(os.environ["PORT"])
BASE = f"http://localhost:{PORT}"
RESOURCE = f"{BASE}/mcp"

_notes: dict[str, list[str]] = {}


def time() -> str:
    return datetime.now(timezone.utc).isoformat()


def write(user: str, text: str) -> str:
    _notes.setdefault(user, []).append(text)
    return "written"


def notes_of(user: str) -> str:
    return "\n".join(_notes.get(user, []))
