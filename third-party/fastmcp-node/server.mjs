// A protected MCP server on fastmcp for Node, with jose behind its `authenticate`. It keeps sessions, and shows the tool
// that needs a scope to those who have it.
import { FastMCP, requireScopes } from 'fastmcp';
import { z } from 'zod';
import { claimsOf } from './jwt.mjs';
import { issuer, port, resource, tools } from './subject.mjs';

async function authenticate(request) {
    const [scheme, token] = request.headers.authorization?.split(/ +/) ?? [];
    if (scheme?.toLowerCase() !== 'bearer') return { authenticated: false, error: 'no bearer token' };
    try {
        const payload = await claimsOf(token);
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
for (const { name, declared, takesText, run } of tools) {
    const more = takesText ? { parameters: z.object({ text: z.string() }), canAccess: requireScopes('notes:write') } : {};
    server.addTool({ name, ...declared, ...more, execute: async (input, { session }) => run(session.subject, input) });
}
await server.start({ transportType: 'httpStream', httpStream: { port, host: 'localhost', endpoint: '/mcp' } });
