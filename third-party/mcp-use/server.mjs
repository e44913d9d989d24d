// A protected MCP server on mcp-use, with oauthCustomProvider and the JWT verifier that comes with it.
import { MCPServer } from 'mcp-use';
import { createJwtVerifier, oauthCustomProvider } from 'mcp-use/oauth';
import { z } from 'zod';
import { authority, issuer, port, resource, text, tools } from './subject.mjs';

const oauth = oauthCustomProvider({
    resource,
    oauthMetadata: authority,
    createTokenVerifier: (resource) => createJwtVerifier({ issuer, jwksUrl: new URL(authority.jwks_uri), resource }),
    mapAuthInfo: ({ extra }) => ({ user: { id: extra.payload.sub }, payload: extra.payload, permissions: [] }),
});
const server = new MCPServer({ name: 'mcp-use-subject', version: '1.0.0', oauth, host: 'localhost' });
for (const { name, declared, takesText, run } of tools) {
    const schema = takesText ? { inputSchema: z.object({ text: z.string() }) } : {};
    server.tool({ name, ...declared, ...schema }, async (input, context) => text(run(context.auth.user.id, input)));
}
await server.listen(port);
