"""An MCP server on FastMCP's OAuthProxy: it stands, with one client id, before a third-party authorization server."""

import os
from datetime import datetime, timezone

from fastmcp import FastMCP
from fastmcp.server.auth import OAuthProxy
from fastmcp.server.auth.providers.introspection import IntrospectionTokenVerifier
from key_value.aio.stores.memory import MemoryStore

THIRD_PARTY = os.environ["MCP_CONFORMANCE_THIRD_PARTY_URL"]
PORT = int(os.environ["PORT"])

verifier = IntrospectionTokenVerifier(
    introspection_url=f"{THIRD_PARTY}/introspect",
    client_id="the-one-client",
    client_secret="not-looked-at",
    required_scopes=["read"],
)
server = FastMCP(
    "fastmcp-proxy-subject",
    auth=OAuthProxy(
        upstream_authorization_endpoint=f"{THIRD_PARTY}/authorize",
        upstream_token_endpoint=f"{THIRD_PARTY}/token",
        upstream_revocation_endpoint=f"{THIRD_PARTY}/revoke",
        upstream_client_id="the-one-client",
        upstream_client_secret="not-looked-at",
        token_verifier=verifier,
        base_url=f"http://localhost:{PORT}",
        client_storage=MemoryStore(),
        jwt_signing_key="a key of this test installation alone",
        require_authorization_consent="remember",
    ),
)


@server.tool
def get_time() -> str:
    """The time"""
    return datetime.now(timezone.utc).isoformat()


if __name__ == "__main__":
    server.run(transport="http", host="localhost", port=PORT, show_banner=False)
