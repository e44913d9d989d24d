"""A protected MCP server on FastMCP's JWTVerifier and RemoteAuthProvider."""

import os
from datetime import datetime, timezone

from fastmcp import FastMCP
from fastmcp.server.auth import RemoteAuthProvider
from fastmcp.server.auth.providers.jwt import JWTVerifier

ISSUER = os.environ["MCP_CONFORMANCE_AUTH_SERVER_URL"]
PORT = int(os.environ["PORT"])
BASE = f"http://localhost:{PORT}"

verifier = JWTVerifier(jwks_uri=f"{ISSUER}/.well-known/jwks.json", issuer=ISSUER, audience=f"{BASE}/mcp")
server = FastMCP(
    "fastmcp-subject",
    auth=RemoteAuthProvider(token_verifier=verifier, authorization_servers=[ISSUER], base_url=BASE),
)


@server.tool
def get_time() -> str:
    """The time"""
    return datetime.now(timezone.utc).isoformat()


if __name__ == "__main__":
    server.run(transport="http", host="localhost", port=PORT, show_banner=False)
