"""A protected MCP server on the Python SDK's own bearer middleware, with PyJWT behind its TokenVerifier. For which resource a
token is, the verifier reports and the SDK compares."""

import jwt
from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.auth.provider import AccessToken, TokenVerifier
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings

from notes import BASE, ISSUER, PORT, RESOURCE, notes_of, time, write


class JwtVerifier(TokenVerifier):
    def __init__(self) -> None:
        self.keys = jwt.PyJWKClient(f"{ISSUER}/.well-known/jwks.json")

    async def verify_token(self, token: str) -> AccessToken | None:
        try:
            if str(jwt.get_unverified_header(token).get("typ")).lower() not in ("at+jwt", "application/at+jwt"):
                return None
            claims = jwt.decode(
                token,
                self.keys.get_signing_key_from_jwt(token).key,
                algorithms=["RS256"],
                issuer=ISSUER,
                options={"require": ["exp", "iss", "aud", "sub"], "verify_aud": False},
            )
            audiences = [claims["aud"]] if isinstance(claims["aud"], str) else list(claims["aud"])
            resource = RESOURCE if RESOURCE in audiences else next(iter(audiences), None)
        except Exception:
            return None
        return AccessToken(
            token=token,
            client_id=str(claims.get("client_id")),
            scopes=str(claims.get("scope", "")).split(),
            expires_at=int(claims["exp"]),
            resource=resource if isinstance(resource, str) else None,
            subject=claims["sub"],
            claims=claims,
        )


server = MCPServer(
    "python-sdk-subject",
    version="1.0.0",
    token_verifier=JwtVerifier(),
    auth=AuthSettings(issuer_url=ISSUER, resource_server_url=RESOURCE, validate_token_resource=True),
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
    # By default the pages of every local server may call; what subject.toml declares is narrower.
    own = TransportSecuritySettings(allowed_hosts=[f"localhost:{PORT}"], allowed_origins=[BASE])
    server.run("streamable-http", host="localhost", port=PORT, transport_security=own)
