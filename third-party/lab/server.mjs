// A protected MCP server in plain Node that is right by itself, with the faults and variants of faults.toml to be switched on
// by name. It is no example to copy from: examples have no switches.
//
// Here: who is let in, and where. Routes, the guard, origins and hosts, the methods of HTTP.

import http from 'node:http';
import { randomUUID } from 'node:crypto';
import { credentials } from './credentials.mjs';
import { flaw } from './dpop.mjs';
import * as edges from './edges.mjs';
import * as messages from './messages.mjs';
import * as metadata from './metadata.mjs';
import { Refused, host, on, origin, path, port } from './place.mjs';
import { challenge, malformed, unauthorized } from './refusals.mjs';
import * as sessions from './sessions.mjs';
import { write } from './tools.mjs';
import { read, verified } from './tokens.mjs';

const anonymous = { sub: 'anonymous', anonymous: true };
const trusted = (sub = 'anonymous') => ({ sub, everything: true });
const PAGE = 'https://app.example';

// Operations that the variant `public` lets every client use.
const PUBLIC = ['initialize', 'ping', 'tools/list', 'server/discover'];
const isPublic = (message) => message && !Array.isArray(message) && (PUBLIC.includes(message.method) || message.id === undefined);

const offered = {
    'tools-open': /^tools\//,
    'list-open': /^tools\/list$/,
    'resources-open': /^resources\/(list|read|templates)/,
    'prompts-open': /^prompts\//,
    'completion-open': /^completion\//,
    'logging-open': /^logging\//,
    'ping-open': /^ping$/,
    'subscribe-open': /^resources\/(un)?subscribe$/,
    'listen-open': /^subscriptions\/listen$/,
    'initialize-open': /^(initialize|server\/discover)$/,
    'unknown-methods-open': /^(?!tools|initialize|server|ping|notifications|subscriptions|resources|prompts|completion|logging)/,
};

/** What a request is let in as for another reason than a token, where a fault has one. */
function byAnotherWay(request) {
    const { headers, message, method, text, socket } = request;
    const post = method === 'POST';
    if (headers.authorization === undefined) {
        for (const [name, methods] of Object.entries(offered)) if (on(name) && post && methods.test(message?.method ?? '-')) return trusted();
        for (const tool of ['get_time', 'whoami', 'list_notes', 'add_note']) {
            if (on(`tool-open-${tool}`) && message?.params?.name === tool) return trusted();
        }
        if (on('notification-open') && post && message?.method && message.id === undefined) return trusted();
        if (on('response-open') && post && message?.result && !message.method) return trusted();
        if (on('id-missing') && post && message?.method && message.id === undefined) return trusted();
    }
    if (on('batch-open-behind-ping') && message?.[0]?.method === 'ping') return trusted();
    if (on('batch-second') && message?.[0] && PUBLIC.includes(message[0].method)) return trusted();
    if (on('duplicate-member') && /"method"\s*:\s*"ping"/.test(text) && message?.method !== 'ping') return trusted();
    if (on('content-type-text') && post && !/json/.test(headers['content-type'] ?? '')) return trusted();
    if (on('old-version-passes') && headers['mcp-protocol-version'] === '2024-11-05') return trusted();
    if (on('origin-for-token') && headers.origin === origin) return trusted();
    if (on('scheme-basic') && /^basic /i.test(headers.authorization)) return trusted();
    if (on('scheme-any') && headers.authorization && !/^bearer\b/i.test(headers.authorization)) return trusted();
    const user = ['x-forwarded-user', 'x-remote-user', 'remote-user', 'x-auth-request-user', 'x-user', 'x-user-id', 'x-authenticated-user'];
    const named = user.map((name) => headers[name]).find(Boolean);
    if (on('field-user') && named) return trusted(named);
    const address = headers['x-forwarded-for'] ?? headers['x-real-ip'] ?? headers['true-client-ip'] ?? headers['x-client-ip'];
    if (on('field-address') && /^(127\.|::1|localhost)/.test(address)) return trusted();
    const behind = headers['x-original-url'] ?? headers['x-rewrite-url'] ?? headers['x-original-uri'] ?? headers['x-forwarded-uri'];
    if (on('field-original-url') && behind && !behind.endsWith(path)) return trusted();
    const override = headers['x-http-method-override'] ?? headers['x-http-method'] ?? headers['x-method-override'];
    if (on('field-method-override') && override && override.toUpperCase() !== 'POST') return trusted();
    if (on('field-scheme') && headers['x-forwarded-proto'] === 'https') return trusted();
    if (on('field-identity') && (headers['x-amzn-oidc-identity'] || headers['x-amzn-oidc-data'] || headers['x-goog-authenticated-user-email'] || headers['x-ms-client-principal-id'])) return trusted();
    const bare = headers.authorization === undefined;
    if (on('session-as-auth') && bare && sessions.openerOf(request)) return { ...sessions.openerOf(request), everything: true };
    if (on('session-as-auth-get') && bare && method === 'GET' && sessions.openerOf(request)) return sessions.openerOf(request);
    if (on('session-as-auth-delete') && bare && method === 'DELETE' && sessions.openerOf(request)) return sessions.openerOf(request);
    if (on('connection-remembers-token') && bare && socket.claims) return socket.claims;
    if (on('get-open') && method === 'GET') return trusted();
    if (on('head-open') && method === 'HEAD') return trusted();
    if (on('delete-open') && method === 'DELETE') return trusted();
    if (on('put-open') && method === 'PUT') return trusted();
    if (on('patch-open') && method === 'PATCH') return trusted();
    if (on('options-executes') && method === 'OPTIONS') return trusted();
}

const ran = (message) => (message?.method === 'tools/call' && message.params?.name === 'add_note' ? message.params.arguments?.text : undefined);

/** Lets a request in, or answers it and returns false. */
async function admitted(request) {
    const { message, headers } = request;
    request.claims = byAnotherWay(request);
    if (request.claims) return true;
    const found = credentials(request);
    const anybody = on('public') && isPublic(message);
    if (found.foreign !== undefined) {
        if (on('dpop') && /^dpop /i.test(found.foreign)) [found.token, request.scheme] = [found.foreign.slice(5).trim(), 'dpop'];
        else return unauthorized(request), false;
    }
    if (found.malformed) {
        if ((on('empty-bearer') && found.empty) || on('malformed-served')) return (request.claims = trusted()), true;
        return malformed(request, found.malformed), false;
    }
    if (found.token === undefined) {
        if (anybody) return (request.claims = anonymous), true;
        if (on('effect-without-token') && ran(message) !== undefined) write(ran(message));
        return unauthorized(request), false;
    }
    const { token } = found;
    try {
        request.claims = await verified(token, request);
        request.token = token;
        request.dpopError = flaw(request, { ...request, token });
        if (request.dpopError) throw new Refused('the proof of possession');
        if (on('connection-remembers-token')) request.socket.claims = request.claims;
        return true;
    } catch (error) {
        request.claims = undefined;
        if (on('effect-before-401') && ran(message) !== undefined) {
            try {
                write(ran(message), read(token).claims.sub);
            } catch {}
        }
        if (on('bad-token-anonymous') && anybody) return (request.claims = anonymous), true;
        if (on('bad-token-served')) return (request.claims = trusted()), true;
        if (!(error instanceof Refused) && error.message === 'introspection is down') return request.respond(503, undefined, { 'retry-after': '1' }), false;
        if (!(error instanceof Refused)) throw error;
        return unauthorized(request, { token, why: error.message }), false;
    }
}

const FOREIGN = { jsonrpc: '2.0', error: { code: -32000, message: 'This origin may not call' }, id: null };

/** Whether the page that calls may call. */
function isAllowed(value) {
    if (value === undefined) return !on('origin-needed');
    if (value === origin || (on('cors') && value === PAGE) || on('origin-ignored')) return true;
    if (on('origin-prefix')) return value.startsWith(`http://localhost`);
    if (on('origin-same-host')) return /^https?:\/\/localhost(:\d+)?$/.test(value);
    return on('origin-null') && value === 'null';
}

function crossOrigin(request) {
    const value = request.headers.origin;
    if (on('cors-any-with-credentials') && value) return { 'access-control-allow-origin': value, 'access-control-allow-credentials': 'true', 'access-control-expose-headers': 'WWW-Authenticate, Mcp-Session-Id' };
    if (!on('cors') || value !== PAGE) return {};
    const exposed = on('cors-challenge-hidden') ? 'Mcp-Session-Id' : 'WWW-Authenticate, Mcp-Session-Id';
    return { 'access-control-allow-origin': PAGE, 'access-control-expose-headers': exposed, vary: 'Origin' };
}

function preflight(request) {
    const { respond } = request;
    if (on('cors') && on('preflight-401')) return unauthorized(request);
    const asked = request.headers['access-control-request-headers'];
    const allow = { allow: 'POST, OPTIONS', 'access-control-allow-methods': 'POST, GET, DELETE', 'access-control-allow-headers': asked ?? 'authorization' };
    respond(204, undefined, on('cors') || on('cors-any-with-credentials') ? allow : { allow: 'POST, OPTIONS' });
}

function stream(request) {
    const { res, respond, method } = request;
    const opened = on('stateful') ? sessions.find(request) : { status: 405 };
    if (!opened.session && !on('get-open') && !on('head-open')) {
        if (opened.status === 401) return unauthorized(request, { token: request.token, why: 'caller identity does not match session owner' });
        return respond(opened.status, undefined, opened.status === 405 ? { allow: 'POST' } : {});
    }
    res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    if (method === 'HEAD') return res.end();
    res.write(': open\n\n');
}

async function endpoint(request) {
    const { method, respond } = request;
    if (method === 'OPTIONS' && !on('options-executes')) return preflight(request);
    if (!(await admitted(request))) return;
    if (method === 'GET' || method === 'HEAD') return stream(request);
    if (method === 'DELETE') {
        if (!on('stateful')) return respond(405, undefined, { allow: 'POST' });
        const { session, id, status } = sessions.find(request);
        if (status === 401) return unauthorized(request, { token: request.token, why: 'caller identity does not match session owner' });
        if (session) sessions.close(id);
        return respond(session ? 200 : status);
    }
    const runs = method === 'POST' || (on('put-open') && method === 'PUT') || (on('patch-open') && method === 'PATCH') || method === 'OPTIONS';
    if (!runs) return respond(405, undefined, { allow: 'POST' });
    return messages.answer(request);
}

// Other spellings of the path, at which a router finds the endpoint and a guard that looks at the text does not.
const spellings = {
    'path-slash': (text) => text === `${path}/`,
    'path-double-slash': (text) => text === `/${path}`,
    'path-case': (text) => text !== path && text.toLowerCase() === path,
    'path-escape': (text) => text !== path && decodeURIComponent(text) === path,
    'path-parameter': (text) => text !== path && text.split(';')[0] === path,
    'path-below': (text) => text.startsWith(`${path}/`) && text.length > path.length + 1,
};

const streams = new Map();

/** The two endpoints of HTTP+SSE: open altogether, or a message endpoint that goes by the session alone. */
async function oldTransport(request) {
    const { url, res, respond, message } = request;
    const below = on('sse-below-endpoint') ? path : '';
    if (url.pathname === `${below}/sse`) {
        if (!on('sse-open') && !(await admitted(request))) return true;
        const id = randomUUID();
        streams.set(id, res);
        res.once('close', () => streams.delete(id));
        res.writeHead(200, { 'content-type': 'text/event-stream' });
        res.write(`event: endpoint\ndata: ${below}/messages?sessionId=${id}\n\n`);
        return true;
    }
    if (url.pathname !== `${below}/messages`) return false;
    const id = url.searchParams.get('sessionId');
    if (!id) return respond(400, { error: 'Missing sessionId query parameter' }), true;
    if (!streams.has(id)) return respond(404, { error: 'Unknown sessionId' }), true;
    const behind = (_, body) => streams.get(id)?.write(`event: message\ndata: ${JSON.stringify(body)}\n\n`);
    messages.answer({ ...request, message, headers: {}, claims: trusted(), respond: behind });
    return respond(202), true;
}

async function route(request) {
    const { url, respond, headers } = request;
    const spelt = request.req.url.split('?')[0];
    const named = (headers.host ?? '').toLowerCase();
    const local = [host, `127.0.0.1:${port}`, `[::1]:${port}`].includes(named);
    if (!local && !on('host-ignored') && !on('aud-from-host') && !on('host-from-request')) return respond(403, { error: 'This host is not served here' });
    if (edges.answered(request)) return;
    if (!isAllowed(headers.origin)) {
        if (on('origin-400')) return respond(400, FOREIGN);
        return respond(403, FOREIGN);
    }
    if (metadata.answered(request)) return;
    if (on('other-application') && spelt !== path) return respond(200, '<html><h1>Notes</h1></html>', { 'content-type': 'text/html' });
    for (const [name, fits] of Object.entries(spellings)) {
        if (on(name) && fits(spelt)) return (request.claims = trusted()), messages.answer(request);
    }
    if (['sse-open', 'sse-messages-open', 'sse-below-endpoint'].some(on) && (await oldTransport(request))) return;
    const ours = url.pathname === path || (on('redirect-slash') && url.pathname === `${path}/`);
    if (ours) return endpoint(request);
    if (on('unauthorized-everywhere')) return respond(401, { error: 'unauthorized' }, { 'www-authenticate': challenge(request, {}) });
    respond(404, { error: 'There is nothing here' });
}

function responder(req, res) {
    return (status, body, fields = {}) => {
        if (res.headersSent || res.destroyed) return;
        const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
        const type = typeof body === 'object' ? { 'content-type': 'application/json' } : {};
        for (const [name, value] of Object.entries({ ...type, ...req.crossOrigin, ...fields })) {
            if (value !== undefined) res.setHeader(name, value);
        }
        res.statusCode = status;
        res.end(text);
    };
}

/** A message that came as a form, each member as a field. */
function ofForm(form) {
    const [id, params] = [form.get('id'), form.get('params')];
    return { jsonrpc: '2.0', ...(id === null ? {} : { id: Number(id) }), method: form.get('method'), params: JSON.parse(params ?? '{}') };
}

function parsed(text, headers) {
    const form = /x-www-form-urlencoded/.test(headers['content-type'] ?? '') ? new URLSearchParams(text) : undefined;
    try {
        return { form, message: form?.has('method') && on('carrier-form') ? ofForm(form) : JSON.parse(text) };
    } catch {
        return { form };
    }
}

const server = http.createServer(async (req, res) => {
    req.crossOrigin = crossOrigin(req);
    const respond = responder(req, res);
    try {
        const chunks = [];
        for await (const chunk of req) chunks.push(chunk);
        const text = Buffer.concat(chunks).toString();
        const { headers, rawHeaders, method, socket } = req;
        const url = new URL(req.url.replace(/^\/{2,}/, '/.$&'), origin);
        await route({ req, res, respond, url, method, headers, rawHeaders, socket, text, ...parsed(text, headers) });
    } catch (error) {
        if (process.env.LAB_LOG) console.error(error);
        respond(500, { jsonrpc: '2.0', error: { code: -32603, message: 'Internal error' }, id: null });
    }
});
server.listen(port, on('listens-everywhere') ? '0.0.0.0' : 'localhost');
