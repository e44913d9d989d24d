// What this server offers: four tools, a resource, a prompt, and the notes of each user. Knows who calls from its caller, and
// nothing of HTTP.

import { on } from './place.mjs';

const reads = { annotations: { readOnlyHint: true } };
export const tools = [
    { name: 'get_time', description: 'The time', inputSchema: { type: 'object' }, ...reads },
    { name: 'whoami', description: 'Who calls', inputSchema: { type: 'object' }, ...reads },
    { name: 'list_notes', description: 'The notes of the caller', inputSchema: { type: 'object' }, ...reads },
    {
        name: 'add_note',
        description: 'Writes a note',
        inputSchema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
    },
];
export const resources = [{ uri: 'notes://all', name: 'notes', mimeType: 'text/plain' }];
export const prompts = [{ name: 'summary', description: 'Sums the notes up', arguments: [{ name: 'style' }] }];

/** The scope that a call needs, if it needs one. */
export const neededBy = (call) => {
    const name = on('scope-tool-case') ? call?.name : call?.name?.toLowerCase?.();
    return name === 'add_note' ? 'notes:write' : undefined;
};

const EVERYBODY = 'everybody';
const notes = new Map();
const of = (user) => notes.get(user) ?? notes.set(user, []).get(user);

/** Keeps a note. Without a user it is kept for every user, as by a server that runs what it refuses. */
export const write = (text, user = EVERYBODY) => void of(user).push(String(text ?? ''));

/** The notes that a user is shown. */
export const shown = (user) => [...of(user), ...of(EVERYBODY)].join('\n');

const text = (text) => ({ content: [{ type: 'text', text }] });

/** Runs a tool for a user. */
export function run(call, user, claims) {
    const name = on('scope-tool-case') ? call?.name?.toLowerCase?.() : call?.name;
    switch (name) {
        case 'get_time':
            return text(new Date().toISOString());
        case 'whoami':
            return text(user);
        case 'list_notes':
            return text(shown(user));
        case 'add_note':
            write(call.arguments?.text, on('machine-as-user') ? claims.sub : user);
            return text('written');
    }
}
