// Where a request has its credentials. Right by itself: one Authorization field, the scheme Bearer in whatever case, one
// token behind it, and nowhere else.

import { on } from './place.mjs';

const TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;

const cookie = (request, name) => new RegExp(`(?:^|; *)${name}=([^;]+)`).exec(request.headers.cookie ?? '')?.[1];

function elsewhere(request) {
    const { headers, url, message } = request;
    const found = {
        'carrier-cookie': () => cookie(request, 'access_token') ?? cookie(request, 'token'),
        'carrier-form': () => request.form?.get('access_token'),
        'carrier-json': () => message?.access_token ?? message?.params?.access_token,
        'carrier-query': () => url.searchParams.get('access_token'),
        'carrier-query-token': () => url.searchParams.get('token'),
        'carrier-query-key': () => url.searchParams.get('api_key') ?? url.searchParams.get('apikey') ?? url.searchParams.get('key'),
        'carrier-api-key': () => headers['x-api-key'] ?? headers['api-key'],
        'carrier-field': () => headers['x-access-token'] ?? headers['x-auth-token'] ?? headers['access-token'],
    };
    for (const [name, token] of Object.entries(found)) if (on(name) && token()) return token();
}

function besideBearer(text) {
    if (on('carrier-bare') && TOKEN.test(text)) return text;
    const [, scheme, rest] = /^(\S+) +(\S+)$/.exec(text) ?? [];
    if (on('carrier-other-scheme') && rest) return rest;
    if (on('carrier-basic-password') && /^basic$/i.test(scheme)) return Buffer.from(rest, 'base64').toString().split(':').at(-1);
}

/** The credentials of a request: `{}` for none, `{ token }`, or `{ malformed }` with the reason. */
export function credentials(request) {
    const fields = request.rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'authorization').length;
    const text = request.headers.authorization;
    if (on('carrier-query-first') && request.url.searchParams.has('access_token')) return { token: request.url.searchParams.get('access_token') };
    if (text === undefined) {
        const token = elsewhere(request);
        return token ? { token } : {};
    }
    if (fields > 1) return { malformed: 'more than one Authorization field' };
    const bearer = (on('scheme-with-case') ? /^Bearer(?: +(.*))?$/ : /^bearer(?: +(.*))?$/i).exec(text);
    if (!bearer) {
        const token = besideBearer(text);
        return token ? { token } : { foreign: text };
    }
    const token = bearer[1]?.trim() ?? '';
    return TOKEN.test(token) ? { token } : { malformed: 'not one token behind Bearer', empty: token === '' };
}
