// Sessions of the revisions with a handshake, where the variant `stateful` has them, and the endpoints of the older HTTP+SSE
// transport, where a fault does. Right by itself: a random identifier, good for the user who got it.

import { createHash, randomUUID } from 'node:crypto';
import { on } from './place.mjs';

const sessions = new Map();
let opened = 0;

const ownerOf = (claims, token) => (on('session-bound-to-token') ? createHash('sha256').update(token ?? '').digest('hex') : `${claims.iss} ${claims.sub}`);

function freshId() {
    if (on('session-ids-count')) return `session-${String(++opened).padStart(6, '0')}`;
    if (on('session-ids-time')) return `${Date.now()}-${++opened}`;
    if (on('session-ids-space')) return `session ${randomUUID()}`;
    return randomUUID();
}

/** Opens a session for the caller. */
export function open({ claims, token, headers }) {
    const id = (on('session-fixation') && headers['mcp-session-id']) || freshId();
    sessions.set(id, { owner: ownerOf(claims, token), claims, streams: [] });
    return id;
}

/** The session of an id, or the status with which a request in it is refused. */
export function find({ claims, token, headers, method }) {
    const id = headers['mcp-session-id'];
    if (id === undefined) return { status: 400 };
    if (on('session-fixation') && !sessions.has(id)) sessions.set(id, { owner: ownerOf(claims, token), claims, streams: [] });
    const session = sessions.get(id);
    if (!session) return { status: on('session-unknown-400') ? 400 : 404 };
    const free = { POST: 'session-unbound', GET: 'session-unbound-get', DELETE: 'session-unbound-delete' };
    const unbound = on(free[method]) || on('session-user-of-opener') || on('session-scopes-of-opener');
    if (session.owner !== ownerOf(claims, token) && !unbound) {
        if (on('session-bound-to-token')) {
            sessions.delete(id);
            return { status: 401 };
        }
        return { status: 404 };
    }
    return { session, id };
}

export const close = (id) => sessions.delete(id);

/** The claims of the user who opened the session that a request names, for servers that go by the session alone. */
export const openerOf = ({ headers }) => sessions.get(headers['mcp-session-id'])?.claims;
