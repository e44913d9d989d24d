// How a request is refused. Right by itself: 401 with a Bearer challenge that leads to the metadata, `invalid_token` where
// there was a token, 400 for malformed credentials, 403 for missing scopes.

import { read } from './tokens.mjs';
import { chosenOf, issuer, on, origin, path, resource, wellKnown } from './place.mjs';
import { tools } from './tools.mjs';

const metadataPath = on('metadata-at-the-root') ? wellKnown : wellKnown + path;

/** The public name of this server, as a server has it that believes what a request says. */
export function base(request) {
    const named = { 'host-from-forwarded': request.headers['x-forwarded-host'], 'host-from-request': request.headers.host };
    const name = named[chosenOf(Object.keys(named))];
    return name ? `http://${name}` : origin;
}

function metadataUrl(request) {
    if (on('challenge-relative')) return metadataPath;
    if (on('challenge-not-a-url')) return `http//localhost${metadataPath}`;
    if (on('challenge-dead')) return `${origin}/nothing/here`;
    if (on('challenge-html')) return `${origin}/page`;
    if (on('challenge-dead-port')) return `http://localhost:1${metadataPath}`;
    const query = on('resource-query') || on('aud-query-cut') ? '?tenant=one' : '';
    return base(request) + metadataPath + query;
}

let asked = 0;

/** The value of WWW-Authenticate: the parameters that are there, in quotes. */
export function challenge(request, { error, description, scope }) {
    if (on('challenge-scheme-only')) return 'Bearer';
    if (on('challenge-other-scheme')) return 'Basic realm="notes"';
    const named = { error, error_description: description, scope };
    if (on('challenge-error-without-credentials')) named.error ??= 'invalid_token';
    if (on('challenge-no-error-code') && error === 'invalid_token') delete named.error;
    if (on('challenge-offline-access')) named.scope ??= 'offline_access';
    if (on('challenge-scope-by-chance')) named.scope = `notes:${['read', 'write'][asked++ % 2]}`;
    if (!on('challenge-without-metadata') && !(on('refused-token-without-metadata') && error)) named.resource_metadata = metadataUrl(request);
    if (on('realm')) named.realm = 'notes';
    if (on('challenge-error-quote') && error) named.error_description = 'not "acceptable"';
    if (on('challenge-description-utf8') && error) named.error_description = 'Das Token ist ungültig';
    const parts = Object.entries(named).filter(([, value]) => value !== undefined).map(([name, value]) => `${name}="${value}"`);
    if (on('challenge-twice')) parts.push(`resource_metadata="${origin}${wellKnown}"`);
    if (on('challenge-open-quote')) parts[parts.length - 1] = parts.at(-1).slice(0, -1);
    if (on('challenge-unquoted')) return `Bearer ${parts.join(', ').replaceAll('"', '')}`;
    if (on('challenge-no-commas')) return `Bearer ${parts.join(' ')}`;
    const bearer = `Bearer ${parts.join(', ')}`;
    if (on('extra-schemes')) return [`Negotiate`, bearer, `DPoP algs="ES256 RS256"`];
    if (on('extra-schemes-in-one')) return `Basic realm="notes", ${bearer}, Digest realm="notes", nonce="abc"`;
    return bearer;
}

const rpcError = (code, message) => ({ jsonrpc: '2.0', error: { code, message }, id: null });

/** 401, for want of a token or because of one. */
export function unauthorized(request, { token, why } = {}) {
    const error = token === undefined ? undefined : 'invalid_token';
    const { respond, message } = request;
    const id = message?.id ?? null;
    const details = on('without-error-details') ? {} : { error, description: error && why };
    if (on('dpop') && request.dpopError) {
        return respond(401, rpcError(-32001, 'Unauthorized'), { 'www-authenticate': `DPoP error="${request.dpopError}", algs="ES256 RS256", resource_metadata="${metadataUrl(request)}"` });
    }
    if (token !== undefined) {
        const denied = 'The resource owner or authorization server denied the request.';
        if (on('bad-token-500')) return respond(500, rpcError(-32000, denied));
        if (on('bad-token-403')) return respond(403, rpcError(-32000, denied), { 'www-authenticate': challenge(request, details) });
        if (on('bad-token-404')) return respond(404, rpcError(-32000, 'Not Found'));
        if (on('bad-token-400')) return respond(400, rpcError(-32000, denied), { 'www-authenticate': challenge(request, details) });
        if (on('bad-token-302')) return respond(302, undefined, { location: `${origin}/login` });
        if (on('bad-token-rpc-error')) return respond(200, { ...rpcError(-32001, 'Invalid token'), id });
        if (on('bad-token-is-error')) {
            const content = [{ type: 'text', text: `Authentication failed: ${why}` }];
            return respond(200, { jsonrpc: '2.0', id, result: { content, isError: true, resultType: 'complete' } });
        }
        if (on('bad-token-closes')) return request.socket.destroy();
        if (on('expired-500') && why === 'expired') return respond(500, rpcError(-32000, why));
        if (on('expired-without-challenge') && why === 'expired') return respond(401, rpcError(-32001, why));
        if (on('audience-without-challenge') && why === 'the token is for another resource') return respond(401, rpcError(-32001, why));
        if (on('audience-403') && why === 'the token is for another resource') return respond(403, rpcError(-32001, why));
    }
    const body = rpcError(-32001, error ? 'The token is not acceptable' : 'A token is needed');
    if (on('data-in-the-401') && token === undefined) Object.assign(body, { id, result: { tools, resultType: 'complete' }, error: undefined });
    if (on('leaks-token') && token) body.error.message = `not acceptable: ${token}`;
    if (on('leaks-stack') && token) body.error.data = { stack: new Error(why).stack };
    if (on('leaks-claims') && token) {
        try {
            body.error.data = { expected: { issuer, audience: resource }, claims: read(token).claims };
        } catch {}
    }
    const names = {
        'challenge-missing': undefined,
        'challenge-renamed': 'x-amzn-remapped-www-authenticate',
    };
    const renamed = chosenOf(Object.keys(names));
    const field = renamed ? names[renamed] : 'www-authenticate';
    const value = on('challenge-repeats-token') && token ? challenge(request, { error, description: token }) : challenge(request, details);
    respond(401, on('plain-body') ? 'Unauthorized' : body, field ? { [field]: value } : {});
}

/** 400, for credentials that are no token at all. */
export function malformed(request, why) {
    if (on('malformed-401')) return unauthorized(request, { token: '', why });
    if (on('malformed-500')) return request.respond(500, rpcError(-32603, why));
    request.respond(400, rpcError(-32600, why), { 'www-authenticate': challenge(request, { error: 'invalid_request', description: why }) });
}

/** 403, for a token that is good and lacks a scope. */
export function forbidden(request, scope) {
    const id = request.message?.id ?? null;
    const error = { jsonrpc: '2.0', id, error: { code: -32003, message: 'A scope is missing' } };
    if (on('scope-401')) return request.respond(401, error, { 'www-authenticate': challenge(request, { error: 'invalid_token', scope }) });
    if (on('scope-404')) return request.respond(404, error);
    if (on('scope-is-error')) {
        return request.respond(200, { jsonrpc: '2.0', id, result: { content: [{ type: 'text', text: 'A scope is missing' }], isError: true, resultType: 'complete' } });
    }
    const value = challenge(request, {
        error: on('scope-other-error') ? 'invalid_token' : 'insufficient_scope',
        scope: on('scope-not-named') ? undefined : on('scope-other-named') ? 'notes:admin' : scope,
    });
    const other = on('scope-other-metadata') ? value.replace(metadataPath, wellKnown) : value;
    request.respond(403, error, on('scope-without-challenge') ? {} : { 'www-authenticate': other });
}
