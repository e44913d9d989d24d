// A protected MCP server on Vercel's mcp-handler. Tokens are opaque to it: it asks the issuer about each one (RFC 7662),
// and compares the audience, which introspection leaves to whoever asks.
import { serve } from '@hono/node-server';
import { createMcpHandler, protectedResourceHandler, withMcpAuth } from 'mcp-handler';
import { z } from 'zod';

const issuer = process.env.MCP_CONFORMANCE_AUTH_SERVER_URL;
const port = Number(process.env.PORT);
const origin = `http://localhost:${port}`;
const resource = `${origin}/mcp`;
const authority = await (await fetch(`${issuer}/.well-known/oauth-authorization-server`)).json();
const notes = new Map();

async function verifyToken(_request, token) {
    if (!token) return undefined;
    const answer = await fetch(authority.introspection_endpoint, { method: 'POST', body: new URLSearchParams({ token }) });
    const claims = await answer.json();
    const meant = [claims.aud].flat().includes(resource);
    if (!answer.ok || !claims.active || !meant || !claims.sub) return undefined;
    return {
        token,
        clientId: String(claims.client_id),
        scopes: String(claims.scope ?? '').split(' ').filter(Boolean),
        expiresAt: claims.exp,
        extra: { subject: claims.sub },
    };
}

const handler = createMcpHandler(
    (server) => {
        const text = (text) => ({ content: [{ type: 'text', text }] });
        const caller = (context) => context.http.authInfo.extra.subject;
        const notesOf = (user) => notes.get(user) ?? notes.set(user, []).get(user);
        const reads = { annotations: { readOnlyHint: true } };
        server.registerTool('get_time', { description: 'The time', ...reads }, async () => text(new Date().toISOString()));
        server.registerTool('whoami', { description: 'Who calls', ...reads }, async (context) => text(caller(context)));
        server.registerTool('list_notes', { description: 'The notes of the caller', ...reads }, async (context) => text(notesOf(caller(context)).join('\n')));
        server.registerTool('add_note', { description: 'Writes a note', inputSchema: z.object({ text: z.string() }) }, async (note, context) => {
            notesOf(caller(context)).push(note.text);
            return text('written');
        });
    },
    { serverInfo: { name: 'mcp-handler-subject', version: '1.0.0' } },
);

const guarded = withMcpAuth(handler, verifyToken, {
    required: true,
    requiredScopes: ['notes'],
    resourceMetadataPath: '/.well-known/oauth-protected-resource/mcp',
    resourceUrl: origin,
});
const metadata = protectedResourceHandler({ authServerUrls: [issuer], resourceUrl: resource });

serve({
    port,
    hostname: 'localhost',
    fetch: (request) => {
        const { pathname } = new URL(request.url);
        if (pathname === '/mcp') return guarded(request);
        if (pathname === '/.well-known/oauth-protected-resource/mcp') return metadata(request);
        return new Response('Not Found', { status: 404 });
    },
});
