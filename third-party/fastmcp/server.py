"""A protected MCP server on FastMCP's JWTVerifier and RemoteAuthProvider."""

from fastmcp import FastMCP
from fastmcp.server.auth import RemoteAuthProvider
from fastmcp.server.auth.providers.jwt import JWTVerifier
from fastmcp.server.dependencies import get_access_token

from notes import BASE, ISSUER, PORT, RESOURCE, notes_of, time, write

verifier = JWTVerifier(jwks_uri=f"{ISSUER}/.well-known/jwks.json", issuer=ISSUER, audience=RESOURCE)
server = FastMCP(
    "fastmcp-subject",
    auth=RemoteAuthProvider(token_verifier=verifier, authorization_servers=[ISSUER], base_url=BASE),
)


def caller() -> str:
    token = get_access_token()
    assert token
    return str(token.claims["sub"])


@server.tool
def get_time() -> str:
    """The time"""
    return time()


@server.tool
def whoami() -> str:
    """Who calls"""
    return caller()


@server.tool
def add_note(text: str) -> str:
    """Writes a note"""
    return write(caller(), text)


@server.tool
def list_notes() -> str:
    """The notes of the caller"""
    return notes_of(caller())


if __name__ == "__main__":
    server.run(transport="http", host="localhost", port=PORT, show_banner=False)
