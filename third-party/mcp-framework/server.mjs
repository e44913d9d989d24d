// A protected MCP server on mcp-framework's OAuthAuthProvider, as its README has it. With COGNITO=1 it is set up as its
// template says for AWS Cognito: the audience and the resource are the client's identifier.
import { MCPServer, MCPTool, OAuthAuthProvider, getRequestContext } from 'mcp-framework';
import { z } from 'zod';
import { authority, issuer, port, resource, tools } from './subject.mjs';

const audience = process.env.COGNITO === '1' ? 'conformance-harness' : resource;
const provider = new OAuthAuthProvider({
    authorizationServers: [issuer],
    resource: audience,
    validation: { type: 'jwt', jwksUri: authority.jwks_uri, audience, issuer, algorithms: ['RS256', 'ES256'] },
});
const server = new MCPServer({
    name: 'mcp-framework-subject',
    version: '1.0.0',
    transport: { type: 'http-stream', options: { port, host: 'localhost', auth: { provider, endpoints: { initialize: true, messages: true } } } },
});
for (const { name, declared, takesText, run } of tools) {
    server.addTool(
        class extends MCPTool {
            name = name;
            description = declared.description;
            annotations = declared.annotations;
            schema = takesText ? z.object({ text: z.string().describe('The note') }) : z.object({});
            execute = async (input) => run(getRequestContext()?.sub, input);
        },
    );
}
await server.start();
