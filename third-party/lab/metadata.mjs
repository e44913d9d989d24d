// Protected resource metadata (RFC 9728), and a second authorization server that this server names where a fault has it do
// so. Right by itself: the document is at the well-known URI with the path, and there alone.

import { chosenOf, issuer, on, origin, path, resource, wellKnown } from './place.mjs';
import { base } from './refusals.mjs';

const servers = {
    'issuer-slash': `${issuer}/`,
    'issuer-other': `${origin}/other`,
    'issuer-dead-port': 'http://localhost:1',
    'issuer-other-scheme': issuer.replace(/^http:/, 'https:'),
    'issuer-unresolvable': 'https://login.invalid',
    'issuer-without-metadata': `${origin}/nowhere`,
    'issuer-login-page': `${issuer}/authorize`,
};

const resources = {
    'resource-origin': origin,
    'resource-slash': `${resource}/`,
    'resource-elsewhere': 'https://notes.example/mcp',
    'resource-relative': path,
    'resource-fragment': `${resource}#notes`,
    'aud-differs-from-metadata': resource,
};

function document(request) {
    const server = servers[chosenOf(Object.keys(servers))] ?? issuer;
    const named = resources[chosenOf(Object.keys(resources))] ?? resource.replace(origin, base(request));
    const all = {
        resource: named,
        authorization_servers: [server],
        bearer_methods_supported: on('metadata-offers-query') ? ['header', 'query'] : ['header'],
        scopes_supported: on('metadata-offline-access') ? ['notes:write', 'offline_access'] : ['notes:write'],
    };
    if (on('scopes-not-published')) delete all.scopes_supported;
    if (on('metadata-empty-member')) all.scopes_supported = [];
    if (on('metadata-null-member')) all.resource_documentation = null;
    if (on('metadata-without-servers')) delete all.authorization_servers;
    if (on('metadata-no-servers')) all.authorization_servers = [];
    if (on('metadata-without-resource')) delete all.resource;
    if (on('metadata-http-keys')) all.jwks_uri = 'http://notes.example/keys';
    if (on('metadata-alg-none')) all.resource_signing_alg_values_supported = ['RS256', 'none'];
    if (on('dpop')) all.dpop_signing_alg_values_supported = ['ES256', 'RS256'];
    return all;
}

/** Whether the request was for one of the documents here, and was answered. */
export function answered(request) {
    const { pathname } = request.url;
    const places = on('metadata-at-the-root') ? [wellKnown] : on('metadata-at-both') ? [wellKnown, wellKnown + path] : [wellKnown + path];
    const { respond } = request;
    if (places.includes(pathname) && !on('metadata-missing')) {
        if (on('metadata-401') && !request.headers.authorization) return respond(401, { error: 'unauthorized' }, { 'www-authenticate': 'Bearer realm="notes"' }), true;
        if (on('metadata-redirect')) return respond(302, undefined, { location: `${origin}/login` }), true;
        if (on('metadata-text')) return respond(200, JSON.stringify(document(request)), { 'content-type': 'text/plain' }), true;
        if (on('metadata-broken')) return respond(200, '{"resource": "', { 'content-type': 'application/json' }), true;
        if (on('metadata-201')) return respond(201, document(request)), true;
        return respond(200, document(request), on('cors') ? { 'access-control-allow-origin': '*' } : {}), true;
    }
    if (on('challenge-html') && pathname === '/page') return respond(200, '<html><h1>Notes</h1></html>', { 'content-type': 'text/html' }), true;
    if (on('issuer-other') && pathname === '/.well-known/oauth-authorization-server/other') {
        const at = (end) => `${origin}/other/${end}`;
        const endpoints = { authorization_endpoint: at('authorize'), token_endpoint: at('token'), jwks_uri: at('keys') };
        return respond(200, { issuer: `${origin}/other`, ...endpoints, response_types_supported: ['code'], code_challenge_methods_supported: ['S256'] }), true;
    }
    return false;
}
