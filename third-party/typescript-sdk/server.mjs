// A protected MCP server on the TypeScript SDK's own middleware. Whatever the SDK leaves to the application is done as
// its documentation shows, so that what fails here is the SDK's.
import { randomUUID } from 'node:crypto';
import express from 'express';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { z } from 'zod';
import { InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js';
import { requireBearerAuth } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js';
import { getOAuthProtectedResourceMetadataUrl, mcpAuthMetadataRouter } from '@modelcontextprotocol/sdk/server/auth/router.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { isInitializeRequest } from '@modelcontextprotocol/sdk/types.js';

const issuer = process.env.MCP_CONFORMANCE_AUTH_SERVER_URL;
const port = Number(process.env.PORT);
const resource = new URL(`http://localhost:${port}/mcp`);
const oauthMetadata = await (await fetch(`${issuer}/.well-known/oauth-authorization-server`)).json();
const notes = new Map();
const keys = createRemoteJWKSet(new URL(oauthMetadata.jwks_uri));

const verifier = {
    async verifyAccessToken(token) {
        try {
            const { payload } = await jwtVerify(token, keys, {
                issuer,
                audience: resource.href,
                algorithms: ['RS256'],
                typ: 'at+jwt',
                requiredClaims: ['exp', 'sub'],
            });
            return {
                token,
                clientId: String(payload.client_id),
                scopes: String(payload.scope ?? '').split(' ').filter(Boolean),
                expiresAt: payload.exp,
                resource,
                extra: { subject: payload.sub },
            };
        } catch {
            throw new InvalidTokenError('The access token is not acceptable');
        }
    },
};

function mcpServer() {
    const server = new McpServer({ name: 'typescript-sdk-subject', version: '1.0.0' });
    const text = (text) => ({ content: [{ type: 'text', text }] });
    const notesOf = ({ authInfo }) => notes.get(authInfo.extra.subject) ?? notes.set(authInfo.extra.subject, []).get(authInfo.extra.subject);
    const reads = { annotations: { readOnlyHint: true } };
    server.registerTool('get_time', { description: 'The time', ...reads }, async () => text(new Date().toISOString()));
    server.registerTool('whoami', { description: 'Who calls', ...reads }, async (extra) => text(extra.authInfo.extra.subject));
    server.registerTool('list_notes', { description: 'The notes of the caller', ...reads }, async (extra) => text(notesOf(extra).join('\n')));
    server.registerTool('add_note', { description: 'Writes a note', inputSchema: { text: z.string() } }, async (note, extra) => {
        notesOf(extra).push(note.text);
        return text('written');
    });
    return server;
}

const app = express();
app.use(express.json());
app.use(mcpAuthMetadataRouter({ oauthMetadata, resourceServerUrl: resource }));
const sessions = new Map();
const resourceMetadataUrl = getOAuthProtectedResourceMetadataUrl(resource);
app.all('/mcp', requireBearerAuth({ verifier, resourceMetadataUrl, expectedResource: resource }), async (request, response) => {
    const id = request.headers['mcp-session-id'];
    let transport = sessions.get(id);
    if (!transport && !id && isInitializeRequest(request.body)) {
        transport = new StreamableHTTPServerTransport({
            sessionIdGenerator: randomUUID,
            onsessioninitialized: (session) => sessions.set(session, transport),
        });
        transport.onclose = () => sessions.delete(transport.sessionId);
        await mcpServer().connect(transport);
    }
    if (!transport) {
        response.status(id ? 404 : 400).json({ jsonrpc: '2.0', error: { code: -32000, message: 'no such session' }, id: null });
        return;
    }
    await transport.handleRequest(request, response, request.body);
});
app.listen(port, 'localhost');
