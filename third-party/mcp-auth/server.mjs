// A protected MCP server on mcp-auth, before the stateless transport of the TypeScript SDK. One tool needs a scope that
// the others do not, which the middleware is told by request.
import express from 'express';
import { z } from 'zod';
import { MCPAuth } from 'mcp-auth';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { issuer, port, register, resource } from './subject.mjs';


const auth = new MCPAuth({
    protectedResources: {
        metadata: {
            resource,
            authorizationServers: [{ issuer, type: 'oauth' }],
            scopesSupported: ['notes:write'],
        },
    },
});
const jwtVerify = { algorithms: ['RS256'], typ: 'at+jwt', requiredClaims: ['exp'] };
const guard = (requiredScopes) => auth.bearerAuth('jwt', { resource, audience: resource, requiredScopes, jwtVerify });
const everyone = guard([]);
const writers = guard(['notes:write']);

const mcpServer = () => {
    const server = new McpServer({ name: 'mcp-auth-subject', version: '1.0.0' });
    return register(server, { inputSchema: { text: z.string() }, callerOf: ({ authInfo }) => authInfo.subject });
};

const writes = (message) => message?.method === 'tools/call' && message?.params?.name === 'add_note';

const app = express();
app.use(express.json());
app.use(auth.protectedResourceMetadataRouter());
app.all('/mcp', (request, response, next) => {
    const needed = [request.body].flat().some(writes) ? writers : everyone;
    return needed(request, response, next);
});
app.post('/mcp', async (request, response) => {
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
    response.on('close', () => transport.close());
    await mcpServer().connect(transport);
    await transport.handleRequest(request, response, request.body);
});
app.all('/mcp', (_request, response) => response.status(405).set('Allow', 'POST').end());
app.listen(port, 'localhost');
