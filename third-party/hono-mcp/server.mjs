// A protected MCP server on @hono/mcp: simpleMcpAuthRouter for the metadata and bearerAuth before the transport, without
// sessions. What a token says, bearerAuth leaves to the application.
import { serve } from '@hono/node-server';
import { bearerAuth, simpleMcpAuthRouter, StreamableHTTPTransport } from '@hono/mcp';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { Hono } from 'hono';
import { z } from 'zod';
import { authInfo } from './jwt.mjs';
import { issuer, port, register, resource } from './subject.mjs';

const app = new Hono();
app.route('/', simpleMcpAuthRouter({ issuer, resourceServerUrl: new URL(resource) }));
const verifyToken = async (token, context) => {
    try {
        context.set('auth', await authInfo(token));
        return true;
    } catch {
        return false;
    }
};
app.all('/mcp', bearerAuth({ verifyToken }), async (context) => {
    const server = new McpServer({ name: 'hono-mcp-subject', version: '1.0.0' });
    register(server, { inputSchema: { text: z.string() }, callerOf: ({ authInfo }) => authInfo.extra.subject });
    const transport = new StreamableHTTPTransport();
    await server.connect(transport);
    return transport.handleRequest(context);
});
serve({ port, hostname: 'localhost', fetch: app.fetch });
