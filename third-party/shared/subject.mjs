// What the Node servers here have in common and no library is concerned with: where they are, whom they trust, four tools, and
// the notes of each user.

export const issuer = process.env.MCP_CONFORMANCE_AUTH_SERVER_URL;
export const port = Number(process.env.PORT);
export const origin = `http://localhost:${port}`;
export const resource = `${origin}/mcp`;

// RFC 8414 section 3.1: the well-known string stands before the path of the issuer.
const { origin: host, pathname } = new URL(issuer);
const place = `${host}/.well-known/oauth-authorization-server${pathname === '/' ? '' : pathname}`;
export const authority = await (await fetch(place)).json();

const notes = new Map();
const notesOf = (user) => notes.get(user) ?? notes.set(user, []).get(user);
const reads = { annotations: { readOnlyHint: true } };

/** The tools: name, how they are declared, and what they answer to a user. */
export const tools = [
    { name: 'get_time', declared: { description: 'The time', ...reads }, run: () => new Date().toISOString() },
    { name: 'whoami', declared: { description: 'Who calls', ...reads }, run: (user) => user },
    { name: 'list_notes', declared: { description: 'The notes of the caller', ...reads }, run: (user) => notesOf(user).join('\n') },
    {
        name: 'add_note',
        declared: { description: 'Writes a note' },
        takesText: true,
        run: (user, { text }) => {
            notesOf(user).push(text);
            return 'written';
        },
    },
];

export const text = (text) => ({ content: [{ type: 'text', text }] });

/** Registers the tools at an McpServer of the TypeScript SDK, 1 or 2. */
export function register(server, { inputSchema, callerOf }) {
    for (const { name, declared, takesText, run } of tools) {
        if (takesText) server.registerTool(name, { ...declared, inputSchema }, async (note, context) => text(run(callerOf(context), note)));
        else server.registerTool(name, declared, async (context) => text(run(callerOf(context))));
    }
    return server;
}
