// JSON-RPC, once it is known who calls: the handshake, the methods, batches at 2025-03-26, and what 2026-07-28 asks of header
// fields.

import { chosenOf, on } from './place.mjs';
import { forbidden, unauthorized } from './refusals.mjs';
import * as sessions from './sessions.mjs';
import { neededBy, prompts, resources, run, tools } from './tools.mjs';

const VERSIONS = ['2025-03-26', '2025-06-18', '2025-11-25', '2026-07-28'];
const complete = { resultType: 'complete' };
const kept = { ttlMs: 0, cacheScope: 'private' };

/** The scopes of a token. */
function scopesOf(request) {
    const { claims, message, headers, session } = request;
    const others = { 'scope-claim-scp': claims.scp, 'scope-claim-roles': claims.roles, 'scope-claim-permissions': claims.permissions };
    const found = [claims.scope, others[chosenOf(Object.keys(others))]];
    if (on('scope-field')) found.push(headers['x-scopes'] ?? headers['x-scope'] ?? headers['x-oauth-scopes']);
    if (on('scope-meta')) found.push(message?.params?._meta?.scope, message?.params?._meta?.scopes);
    if (on('session-scopes-of-opener')) found.push(session?.claims.scope);
    return found.flat().flatMap((text) => String(text ?? '').split(/ +/)).filter(Boolean);
}

function covers(request, needed) {
    if (on('scope-ignored')) return true;
    if (on('scope-missing-claim') && request.claims.scope === undefined) return true;
    const has = scopesOf(request);
    if (request.claims.everything) return true;
    if (on('scope-case')) return has.some((one) => one.toLowerCase() === needed);
    if (on('scope-prefix')) return has.some((one) => one.startsWith(needed));
    if (on('scope-part')) return has.some((one) => needed.startsWith(one) && one.includes(':'));
    if (on('scope-substring')) return has.join(' ').includes(needed);
    return has.includes(needed);
}

/** Who calls, as the token says it, or something else where a fault believes it. */
function userOf(request) {
    const { claims, message, headers, session } = request;
    const params = message?.params;
    const cookie = /(?:^|; *)user=([^;]+)/.exec(headers.cookie ?? '')?.[1];
    const believed = {
        'user-of-meta': params?._meta?.user,
        'user-of-arguments': params?.arguments?.user,
        'user-of-client-info': params?._meta?.['io.modelcontextprotocol/clientInfo']?.user,
        'user-of-field': headers['x-user'] ?? headers['x-user-id'] ?? headers['x-forwarded-user'],
        'user-of-cookie': cookie,
        'session-user-of-opener': session?.claims.sub,
        'connection-user': (request.socket.firstUser ??= claims.sub),
    };
    const name = chosenOf(Object.keys(believed));
    return believed[name] || claims.sub;
}

const decoded = (value) => {
    const inside = /^=\?base64\?(.*)\?=$/.exec(value ?? '')?.[1];
    return inside === undefined ? value : Buffer.from(inside, 'base64').toString();
};

/** What the header fields say otherwise than the content, at 2026-07-28. */
function mismatch({ headers, message }) {
    const { method, params } = message;
    const inside = params?._meta?.['io.modelcontextprotocol/protocolVersion'];
    if (inside !== '2026-07-28' && !on('mismatch-version')) return 'MCP-Protocol-Version';
    if (headers['mcp-method'] === undefined && !on('mismatch-missing')) return 'Mcp-Method';
    if (headers['mcp-method'] !== undefined && headers['mcp-method'] !== method && !on('mismatch-method')) return 'Mcp-Method';
    const name = { 'tools/call': params?.name, 'prompts/get': params?.name, 'resources/read': params?.uri }[method];
    const told = decoded(headers['mcp-name']);
    if (name === undefined || on('mismatch-name') || (on('mismatch-missing') && told === undefined)) return undefined;
    return told === name ? undefined : 'Mcp-Name';
}

const list = (request) => {
    if (on('list-by-scope') || on('list-hidden-callable') || on('list-public')) return tools.filter((tool) => !neededBy(tool) || covers(request, neededBy(tool)));
    if (on('list-by-connection')) return (request.socket.listed ??= tools.filter((tool) => !neededBy(tool) || covers(request, neededBy(tool))));
    return tools;
};

/** The result of one request, or `{ code, message, status }`, or `undefined` when it was answered otherwise. */
function dispatch(request, version) {
    const { method, params } = request.message;
    const modern = version === '2026-07-28';
    switch (method) {
        case 'initialize': {
            if (modern) break;
            const asked = params?.protocolVersion;
            const capabilities = { tools: {}, resources: { subscribe: true }, prompts: {}, completions: {}, logging: {} };
            if (on('stateful')) request.opened = sessions.open(request);
            const protocolVersion = VERSIONS.slice(0, 3).includes(asked) ? asked : '2025-11-25';
            return { result: { protocolVersion, capabilities, serverInfo: { name: 'lab', version: '1' } } };
        }
        case 'server/discover': {
            const capabilities = { tools: {}, resources: {}, prompts: {}, completions: {} };
            return { result: { supportedVersions: VERSIONS, capabilities, serverInfo: { name: 'lab', version: '1' }, ...complete, ...kept } };
        }
        case 'ping':
        case 'logging/setLevel':
        case 'resources/subscribe':
        case 'resources/unsubscribe':
            if (modern) break;
            return { result: {} };
        case 'tools/list':
            return { result: { tools: list(request), ...complete, ...kept, ...(on('list-public') ? { cacheScope: 'public' } : {}) } };
        case 'resources/list':
            return { result: { resources, ...complete, ...kept } };
        case 'resources/templates/list':
            return { result: { resourceTemplates: [], ...complete, ...kept } };
        case 'resources/read': {
            if (params?.uri !== resources[0].uri) return { code: -32602, message: 'no such resource' };
            const { content } = run({ name: 'list_notes' }, userOf(request));
            return { result: { contents: [{ uri: params.uri, mimeType: 'text/plain', text: content[0].text }], ...complete, ...kept } };
        }
        case 'prompts/list':
            return { result: { prompts, ...complete, ...kept } };
        case 'prompts/get':
            if (params?.name !== 'summary') return { code: -32602, message: 'no such prompt' };
            return { result: { messages: [{ role: 'user', content: { type: 'text', text: 'Sum my notes up.' } }], ...complete } };
        case 'completion/complete':
            return { result: { completion: { values: ['short', 'long'], total: 2, hasMore: false }, ...complete } };
        case 'tools/call': {
            const needed = neededBy(params);
            if (needed && on('effect-before-403')) run(params, userOf(request), request.claims);
            if (needed && !covers(request, needed)) {
                if (request.claims.anonymous) return void unauthorized(request);
                if (!on('list-hidden-callable')) return void forbidden(request, needed);
            }
            const result = run(params, userOf(request), request.claims);
            return result ? { result: { ...result, ...complete } } : { code: -32602, message: 'no such tool' };
        }
    }
    return { code: -32601, message: 'no such method', status: modern ? 404 : 200 };
}

const asEvents = (message) => `event: message\ndata: ${JSON.stringify(message)}\n\n`;

/** Answers a POST of which it is known who sent it. */
export function answer(request) {
    const { headers, respond, res } = request;
    const declared = headers['mcp-protocol-version'];
    const version = declared ?? '2025-03-26';
    const error = (status, code, text, data) => respond(status, { jsonrpc: '2.0', id: request.message?.id ?? null, error: { code, message: text, data } });
    const { message } = request;
    if (message === null || typeof message !== 'object') return error(400, -32700, 'not a message');
    const isBatch = Array.isArray(message);
    if (isBatch && (version !== '2025-03-26' || message.length === 0)) return error(400, -32600, 'no batches');
    if (!VERSIONS.includes(version) && !on('old-version-passes')) {
        return error(400, -32022, 'Unsupported protocol version', { supported: VERSIONS, requested: version });
    }
    if (!isBatch && version === '2026-07-28' && message.method !== undefined && message.id !== undefined) {
        const different = mismatch(request);
        if (different) return error(400, -32020, `Header mismatch: ${different}`);
    }
    if (on('stateful') && version !== '2026-07-28' && message.method !== 'initialize') {
        const { session, status } = sessions.find(request);
        if (status === 401) return unauthorized(request, { token: request.token, why: 'caller identity does not match session owner' });
        if (!session) return error(status, -32001, 'no such session');
        request.session = session;
    }
    if (version === '2026-07-28' && message.method === 'subscriptions/listen' && message.id !== undefined) {
        res.writeHead(200, { 'content-type': 'text/event-stream' });
        const params = { notifications: {}, _meta: { 'io.modelcontextprotocol/subscriptionId': String(message.id) } };
        return void res.write(asEvents({ jsonrpc: '2.0', method: 'notifications/subscriptions/acknowledged', params }));
    }

    const single = (one) => {
        request.message = one;
        if (one?.method === undefined) return undefined;
        if (one.id === undefined && !on('id-missing')) return undefined;
        const done = dispatch(request, version);
        if (!done) return 'answered';
        const { result, code, message: text } = done;
        if (one.id === undefined) return undefined;
        return { status: done.status, body: result ? { jsonrpc: '2.0', id: one.id, result } : { jsonrpc: '2.0', id: one.id, error: { code, message: text } } };
    };
    const answers = [];
    for (const one of isBatch ? message : [message]) {
        const done = single(one);
        if (done === 'answered') return;
        if (done) answers.push(done);
    }
    request.message = message;
    if (!answers.length) return respond(202);
    const extra = request.opened ? { 'mcp-session-id': request.opened } : {};
    if (on('results-cache-public')) extra['cache-control'] = 'public, max-age=300';
    const body = isBatch ? answers.map(({ body }) => body) : answers[0].body;
    if (on('sse') && (answers[0].status ?? 200) === 200) return respond(200, asEvents(body), { 'content-type': 'text/event-stream', ...extra });
    respond(answers[0].status ?? 200, body, extra);
}
