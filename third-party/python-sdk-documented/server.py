"""A protected MCP server on the Python SDK as its documentation has it: a TokenVerifier that asks the issuer about each
token, AuthSettings with the two URLs and nothing else, so that the resource of tokens is not compared."""

import httpx
from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.auth.provider import AccessToken, TokenVerifier
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver import MCPServer

from notes import ISSUER, PORT, RESOURCE, notes_of, time, write


class IntrospectionVerifier(TokenVerifier):
    def __init__(self) -> None:
        self.client = httpx.AsyncClient()

    async def verify_token(self, token: str) -> AccessToken | None:
        answer = await self.client.post(f"{ISSUER}/introspect", data={"token": token})
        if answer.status_code != 200 or not answer.json().get("active"):
            return None
        claims = answer.json()
        audience = claims.get("aud")
        return AccessToken(
            token=token,
            client_id=str(claims.get("client_id")),
            scopes=str(claims.get("scope", "")).split(),
            expires_at=claims.get("exp"),
            resource=audience if isinstance(audience, str) else None,
            subject=claims.get("sub"),
        )


server = MCPServer(
    "python-sdk-documented-subject",
    version="1.0.0",
    token_verifier=IntrospectionVerifier(),
    auth=AuthSettings(issuer_url=ISSUER, resource_server_url=RESOURCE),
)


def caller() -> str:
    token = get_access_token()
    assert token and token.subject
    return token.subject


@server.tool()
def get_time() -> str:
    """The time"""
    return time()


@server.tool()
def whoami() -> str:
    """Who calls"""
    return caller()


@server.tool()
def add_note(text: str) -> str:
    """Writes a note"""
    return write(caller(), text)


@server.tool()
def list_notes() -> str:
    """The notes of the caller"""
    return notes_of(caller())


if __name__ == "__main__":
    server.run("streamable-http", host="localhost", port=PORT)
