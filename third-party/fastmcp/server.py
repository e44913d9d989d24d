"""A protected MCP server on FastMCP's JWTVerifier and RemoteAuthProvider."""

import os
from datetime import datetime, timezone

from fastmcp import FastMCP
from fastmcp.server.auth import RemoteAuthProvider
from fastmcp.server.auth.providers.jwt import JWTVerifier
from fastmcp.server.dependencies import get_access_token

ISSUER = os.environ["MCP_CONFORMANCE_AUTH_SERVER_URL"]
PORT = int(os.environ["PORT"])
BASE = f"http://localhost:{PORT}"

verifier = JWTVerifier(jwks_uri=f"{ISSUER}/.well-known/jwks.json", issuer=ISSUER, audience=f"{BASE}/mcp")
server = FastMCP(
    "fastmcp-subject",
    auth=RemoteAuthProvider(token_verifier=verifier, authorization_servers=[ISSUER], base_url=BASE),
)


notes: dict[str, list[str]] = {}


def caller() -> str:
    token = get_access_token()
    assert token
    return str(token.claims["sub"])


@server.tool
def get_time() -> str:
    """The time"""
    return datetime.now(timezone.utc).isoformat()


@server.tool
def whoami() -> str:
    """Who calls"""
    return caller()


@server.tool
def add_note(text: str) -> str:
    """Writes a note"""
    notes.setdefault(caller(), []).append(text)
    return "written"


@server.tool
def list_notes() -> str:
    """The notes of the caller"""
    return "\n".join(notes.get(caller(), []))


if __name__ == "__main__":
    server.run(transport="http", host="localhost", port=PORT, show_banner=False)
