"""A protected MCP server on fastapi-mcp: the tools are endpoints of a FastAPI application, before which AuthConfig puts a
dependency of the application's and proxies to the issuer's endpoints, as its documentation shows. The token is passed on to
the endpoints, which verify it by the same dependency."""

from typing import Annotated

import jwt
import uvicorn
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from fastapi_mcp import AuthConfig, FastApiMCP

from notes import ISSUER, PORT, RESOURCE, notes_of, time, write

keys = jwt.PyJWKClient(f"{ISSUER}/.well-known/jwks.json")


def caller(credentials: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]) -> str:
    token = credentials.credentials
    try:
        if str(jwt.get_unverified_header(token).get("typ")).lower() != "at+jwt":
            raise HTTPException(status_code=401, detail="Unauthorized")
        claims = jwt.decode(
            token,
            keys.get_signing_key_from_jwt(token).key,
            algorithms=["RS256"],
            audience=RESOURCE,
            issuer=ISSUER,
            options={"require": ["exp", "iss", "aud", "sub"]},
        )
    except jwt.PyJWTError as error:
        raise HTTPException(status_code=401, detail="Unauthorized") from error
    return claims["sub"]


User = Annotated[str, Depends(caller)]
app = FastAPI(title="fastapi-mcp-subject")


@app.get("/time", operation_id="get_time")
def get_time(_: User) -> str:
    """The time"""
    return time()


@app.get("/me", operation_id="whoami")
def whoami(user: User) -> str:
    """Who calls"""
    return user


@app.get("/notes", operation_id="list_notes")
def list_notes(user: User) -> str:
    """The notes of the caller"""
    return notes_of(user)


@app.post("/notes", operation_id="add_note")
def add_note(text: str, user: User) -> str:
    """Writes a note"""
    return write(user, text)


mcp = FastApiMCP(
    app,
    name="fastapi-mcp-subject",
    auth_config=AuthConfig(
        issuer=ISSUER,
        authorize_url=f"{ISSUER}/authorize",
        oauth_metadata_url=f"{ISSUER}/.well-known/oauth-authorization-server",
        audience=RESOURCE,
        client_id="the-one-client",
        client_secret="not-looked-at",
        dependencies=[Depends(caller)],
        setup_proxies=True,
    ),
)
mcp.mount_http()

if __name__ == "__main__":
    uvicorn.run(app, host="localhost", port=PORT, log_level="warning")
