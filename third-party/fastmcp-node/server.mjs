// A protected MCP server on fastmcp for Node, with jose behind its `authenticate`. It keeps sessions, and shows the tool
// that needs a scope to those who have it.
import { FastMCP, requireScopes } from 'fastmcp';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { z } from 'zod';

const issuer = process.env.MCP_CONFORMANCE_AUTH_SERVER_URL;
const port = Number(process.env.PORT);
const resource = `http://localhost:${port}/mcp`;
const { jwks_uri } = await (await fetch(`${issuer}/.well-known/oauth-authorization-server`)).json();
const keys = createRemoteJWKSet(new URL(jwks_uri));
const notes = new Map();

async function authenticate(request) {
    const [scheme, token] = request.headers.authorization?.split(/ +/) ?? [];
    if (scheme?.toLowerCase() !== 'bearer') return { authenticated: false, error: 'no bearer token' };
    try {
        const { payload } = await jwtVerify(token, keys, {
            issuer,
            audience: resource,
            algorithms: ['RS256'],
            typ: 'at+jwt',
            requiredClaims: ['exp', 'sub'],
        });
        return { authenticated: true, subject: payload.sub, scopes: String(payload.scope ?? '').split(' ') };
    } catch {
        return { authenticated: false, error: 'the token is not acceptable' };
    }
}

const server = new FastMCP({
    name: 'fastmcp-node-subject',
    version: '1.0.0',
    authenticate,
    oauth: { enabled: true, protectedResource: { resource, authorizationServers: [issuer], scopesSupported: ['notes:write'] } },
});
const notesOf = ({ session }) => notes.get(session.subject) ?? notes.set(session.subject, []).get(session.subject);
const reads = { annotations: { readOnlyHint: true } };
server.addTool({ name: 'get_time', description: 'The time', ...reads, execute: async () => new Date().toISOString() });
server.addTool({ name: 'whoami', description: 'Who calls', ...reads, execute: async (_, { session }) => session.subject });
server.addTool({ name: 'list_notes', description: 'The notes of the caller', ...reads, execute: async (_, context) => notesOf(context).join('\n') });
server.addTool({
    name: 'add_note',
    description: 'Writes a note',
    parameters: z.object({ text: z.string() }),
    canAccess: requireScopes('notes:write'),
    execute: async ({ text }, context) => {
        notesOf(context).push(text);
        return 'written';
    },
});
await server.start({ transportType: 'httpStream', httpStream: { port, host: 'localhost', endpoint: '/mcp' } });
