"""A protected MCP server on mcpauth (Python): its bearer middleware verifies JWTs before an application of the Python SDK,
and its route publishes the metadata of the authorization server, as its documentation shows."""

import contextlib

import uvicorn
from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from mcpauth import MCPAuth
from mcpauth.config import AuthServerType
from mcpauth.utils import fetch_server_config
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount

from notes import BASE, ISSUER, PORT, RESOURCE, notes_of, time, write

auth = MCPAuth(server=fetch_server_config(ISSUER, AuthServerType.OAUTH))
server = MCPServer("mcpauth-subject", version="1.0.0")


def caller() -> str:
    assert auth.auth_info
    return auth.auth_info.subject


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


# By default the pages of every local server may call; what subject.toml declares is narrower.
own = TransportSecuritySettings(allowed_hosts=[f"localhost:{PORT}"], allowed_origins=[BASE])
protected = server.streamable_http_app(stateless_http=True, transport_security=own)


@contextlib.asynccontextmanager
async def lifespan(_):
    async with server.session_manager.run():
        yield


app = Starlette(
    lifespan=lifespan,
    routes=[
        auth.metadata_route(),
        Mount("/", app=protected, middleware=[Middleware(auth.bearer_auth_middleware("jwt", audience=RESOURCE))]),
    ],
)

if __name__ == "__main__":
    uvicorn.run(app, host="localhost", port=PORT, log_level="warning")
