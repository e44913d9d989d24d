// A protected MCP server on the TypeScript SDK's own middleware. Whatever the SDK leaves to the application is done as
// its documentation shows, so that what fails here is the SDK's. With SESSIONS=0 each request has a transport of its own.
import { randomUUID } from 'node:crypto';
import express from 'express';
import { z } from 'zod';
import { InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js';
import { requireBearerAuth } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js';
import { getOAuthProtectedResourceMetadataUrl, mcpAuthMetadataRouter } from '@modelcontextprotocol/sdk/server/auth/router.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { isInitializeRequest } from '@modelcontextprotocol/sdk/types.js';
import { authInfo } from './jwt.mjs';
import { authority, port, register, resource } from './subject.mjs';

const verifier = {
    verifyAccessToken: (token) =>
        authInfo(token).catch(() => {
            throw new InvalidTokenError('The access token is not acceptable');
        }),
};
const mcpServer = () => {
    const server = new McpServer({ name: 'typescript-sdk-subject', version: '1.0.0' });
    return register(server, { inputSchema: { text: z.string() }, callerOf: ({ authInfo }) => authInfo.extra.subject });
};

const resourceServerUrl = new URL(resource);
const app = express();
app.use(express.json());
app.use(mcpAuthMetadataRouter({ oauthMetadata: authority, resourceServerUrl }));
const resourceMetadataUrl = getOAuthProtectedResourceMetadataUrl(resourceServerUrl);
const sessions = new Map();

async function withSession(request, response) {
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
}

async function withoutSession(request, response) {
    if (request.method !== 'POST') {
        response.status(405).json({ jsonrpc: '2.0', error: { code: -32000, message: 'Method not allowed.' }, id: null });
        return;
    }
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
    response.on('close', () => transport.close());
    await mcpServer().connect(transport);
    await transport.handleRequest(request, response, request.body);
}

const guard = requireBearerAuth({ verifier, resourceMetadataUrl, expectedResource: resourceServerUrl });
app.all('/mcp', guard, process.env.SESSIONS === '0' ? withoutSession : withSession);
app.listen(port, 'localhost');
