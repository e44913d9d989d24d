// Whether a token is for this server. Right by itself: one member of `aud` is the identifier of the resource, scheme and
// host in whatever case.

import { chosenOf, on, origin, path, resource } from './place.mjs';

const lowered = (text) => text.replace(/^[a-z]+:\/\/[^/?#]*/i, (start) => start.toLowerCase());
const all = (aud) => [aud ?? []].flat().filter((one) => typeof one === 'string');

const url = (text) => {
    try {
        return new URL(text);
    } catch {
        return undefined;
    }
};

/** One name that a token is for, as a careless server compares it. */
const careless = {
    'aud-path-case': (name) => name.toLowerCase() === resource.toLowerCase(),
    'aud-query-cut': (name) => name.split('?')[0] === resource.split('?')[0],
    'aud-prefix': (name) => name.startsWith(resource),
    'aud-substring': (name) => name.includes(resource),
    'aud-same-origin': (name) => url(name)?.origin === origin,
    'aud-host-only': (name) => url(name)?.hostname === 'localhost' && url(name)?.pathname === path,
    'aud-scheme': (name) => name.replace(/^https?:/, '') === resource.replace(/^https?:/, ''),
    'aud-userinfo': (name) => name.replace(/^(https?:\/\/).*@/, '$1') === resource || name.split('@')[0] === origin,
    'aud-words': (name) => name.split(/\s+/).includes(resource),
    'aud-exact-case': (name) => name === resource,
    'aud-base-uri': (name) => [resource, origin, `${origin}/`].includes(name),
};

/** Whether claims are meant for this server. */
export function isForUs(claims, request) {
    const names = all(claims.aud);
    if (on('aud-ignored')) return true;
    if (on('aud-optional') && claims.aud === undefined) return true;
    if (on('aud-empty-array') && Array.isArray(claims.aud) && names.length === 0) return true;
    if (on('aud-any-array') && Array.isArray(claims.aud)) return true;
    if (on('aud-array-refused') && Array.isArray(claims.aud)) return false;
    if (on('aud-client-id') && claims.client_id) return true;
    if (on('aud-client-id-is-us') && claims.client_id === resource) return true;
    const other = { 'aud-resource-claim': claims.resource, 'aud-account-claim': claims.account, 'aud-azp-claim': claims.azp };
    const claim = chosenOf(Object.keys(other));
    if (claim && all(other[claim]).includes(resource)) return true;
    // Taken from the request, as behind a proxy that is believed.
    const named = { 'aud-from-host': request.headers.host, 'aud-from-forwarded-host': request.headers['x-forwarded-host'] };
    const field = chosenOf(Object.keys(named));
    if (field && names.some((name) => ['http', 'https'].some((scheme) => name === `${scheme}://${named[field]}${path}`))) return true;
    if (on('aud-differs-from-metadata')) return names.some((name) => lowered(name) === origin);
    const compare = careless[chosenOf(Object.keys(careless))] ?? (() => false);
    const right = (name) => (on('aud-exact-case') ? name === resource : lowered(name) === lowered(resource));
    return names.some(compare) || names.some(right);
}
