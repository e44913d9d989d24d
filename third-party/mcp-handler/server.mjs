// A protected MCP server on Vercel's mcp-handler. Tokens are opaque to it: it asks the issuer about each one (RFC 7662),
// and compares the audience, which introspection leaves to whoever asks.
import { serve } from '@hono/node-server';
import { createMcpHandler, protectedResourceHandler, withMcpAuth } from 'mcp-handler';
import { z } from 'zod';
import { authority, issuer, origin, port, register, resource } from './subject.mjs';

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

const callerOf = (context) => context.http.authInfo.extra.subject;
const handler = createMcpHandler((server) => void register(server, { inputSchema: z.object({ text: z.string() }), callerOf }), {
    serverInfo: { name: 'mcp-handler-subject', version: '1.0.0' },
});

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
