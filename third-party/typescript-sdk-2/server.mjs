// A protected MCP server on the TypeScript SDK 2: requireBearerAuth and mcpAuthMetadataRouter before the handler that serves
// every revision without sessions, or, with SESSIONS=1, before a transport with sessions for the revisions that have them.
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { createMcpExpressApp, getOAuthProtectedResourceMetadataUrl, mcpAuthMetadataRouter, requireBearerAuth } from '@modelcontextprotocol/express';
import { NodeStreamableHTTPServerTransport, toNodeHandler, toWebRequest } from '@modelcontextprotocol/node';
import { createMcpHandler, isInitializeRequest, isLegacyRequest, McpServer, OAuthError, OAuthErrorCode } from '@modelcontextprotocol/server';
import { authInfo } from './jwt.mjs';
import { authority, port, register, resource } from './subject.mjs';

const verifier = {
    verifyAccessToken: (token) =>
        authInfo(token).catch(() => {
            throw new OAuthError(OAuthErrorCode.InvalidToken, 'The access token is not acceptable');
        }),
};
const mcpServer = () => {
    const server = new McpServer({ name: 'typescript-sdk-2-subject', version: '1.0.0' });
    return register(server, { inputSchema: z.object({ text: z.string() }), callerOf: (context) => context.http.authInfo.extra.subject });
};

const resourceServerUrl = new URL(resource);
const app = createMcpExpressApp();
app.use(mcpAuthMetadataRouter({ oauthMetadata: authority, resourceServerUrl }));
const guard = requireBearerAuth({
    verifier,
    resourceMetadataUrl: getOAuthProtectedResourceMetadataUrl(resourceServerUrl),
    expectedResource: resourceServerUrl,
});

const withSessions = process.env.SESSIONS === '1';
const modern = toNodeHandler(createMcpHandler(mcpServer, { legacy: withSessions ? 'reject' : 'stateless' }));
const sessions = new Map();

async function legacy(request, response) {
    const id = request.headers['mcp-session-id'];
    let transport = sessions.get(id);
    if (!transport && !id && isInitializeRequest(request.body)) {
        transport = new NodeStreamableHTTPServerTransport({
            sessionIdGenerator: randomUUID,
            onsessioninitialized: (session) => void sessions.set(session, transport),
        });
        transport.onclose = () => sessions.delete(transport.sessionId);
        await mcpServer().connect(transport);
    }
    if (!transport) {
        const error = { code: id ? -32001 : -32000, message: id ? 'Session not found' : 'Bad Request: Session ID required' };
        return response.status(id ? 404 : 400).json({ jsonrpc: '2.0', error, id: null });
    }
    await transport.handleRequest(request, response, request.body);
}

app.all('/mcp', guard, async (request, response) => {
    if (withSessions && (await isLegacyRequest(await toWebRequest(request, request.body)))) return legacy(request, response);
    await modern(request, response, request.body);
});
app.listen(port, 'localhost');
