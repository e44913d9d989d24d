// From the text of a token to the claims in it, or to the reason why it is refused. Right by itself: RFC 9068, an issuer that
// is compared as text, times that are numbers.

import { isForUs } from './audience.mjs';
import { authority, signatureHolds } from './keys.mjs';
import { Refused, issuer, on } from './place.mjs';

const LETTERS = /^[A-Za-z0-9_-]*$/;

function object(part, what) {
    try {
        const read = JSON.parse(Buffer.from(part, 'base64url').toString());
        if (read && typeof read === 'object' && !Array.isArray(read)) return read;
    } catch {}
    throw new Refused(`${what} is not a JSON object`);
}

/** A token taken apart; nothing of it is verified. */
export function read(token) {
    const parts = token.split('.');
    if (parts.length !== 3 || !parts.every((part) => LETTERS.test(part))) throw new Refused('not a JWT');
    const header = object(parts[0], 'the header');
    const claims = object(parts[1], 'the payload');
    return { header, claims, content: `${parts[0]}.${parts[1]}`, signature: Buffer.from(parts[2], 'base64url'), last: parts[2] };
}

const seconds = () => Date.now() / 1000;

function inTime(claims) {
    const leeway = on('leeway-minute') ? 60 : 0;
    const now = seconds();
    const exp = on('exp-string') && typeof claims.exp === 'string' ? Infinity : claims.exp;
    if (on('exp-missing') && claims.exp === undefined) return;
    if (typeof exp !== 'number') throw new Refused('exp is no number');
    if (exp + leeway <= now && !on('exp-ignored') && !(on('exp-two-hours') && exp + 7200 > now)) throw new Refused('expired');
    const notYet = claims.nbf !== undefined && !(typeof claims.nbf === 'number' && claims.nbf - leeway <= now);
    if (notYet && !on('nbf-ignored')) throw new Refused('not yet valid');
}

function issuedBy(iss) {
    if (on('iss-ignored') || on('keys-of-any-issuer')) return true;
    if (on('iss-prefix') && typeof iss === 'string') return iss.startsWith(issuer);
    if (on('iss-contains') && typeof iss === 'string') return iss.includes(issuer);
    if (on('iss-scheme') && typeof iss === 'string') return iss.replace(/^https?:/, '') === issuer.replace(/^https?:/, '');
    if (on('iss-array') && Array.isArray(iss)) return iss.includes(issuer);
    return iss === issuer;
}

/** The claims of a token that is acceptable in every way. */
async function checked(token, request) {
    const parts = read(token);
    const { header, claims } = parts;
    const ignored = on('crit-ignored') || (on('crit-b64-ignored') && [header.crit].flat().includes('b64'));
    if (header.crit !== undefined && !ignored) throw new Refused('a critical parameter that is not understood');
    if (!/^(application\/)?at\+jwt$/i.test(header.typ) && !on('typ-ignored') && !on('id-token')) throw new Refused('not an access token');
    if (!(await signatureHolds(parts))) throw new Refused('the signature does not verify');
    if (!issuedBy(claims.iss)) throw new Refused('another issuer');
    inTime(claims);
    if (claims.token_use !== undefined && claims.token_use !== 'access' && !on('id-token')) throw new Refused('not an access token');
    const texts = on('claims-missing') || on('id-token') ? ['sub'] : ['sub', 'client_id', 'jti'];
    if (!texts.every((name) => typeof claims[name] === 'string' && claims[name])) throw new Refused('a claim is missing');
    if (typeof claims.iat !== 'number' && !on('claims-missing')) throw new Refused('iat is no number');
    if (claims.sub === claims.client_id && !on('machine-as-user')) throw new Refused('no user is named');
    if (!isForUs(claims, request)) throw new Refused('the token is for another resource');
    return claims;
}

/** The claims of a token about which the issuer was asked (RFC 7662). */
async function introspected(token, request) {
    const url = (await authority()).introspection_endpoint;
    let answer;
    try {
        answer = await fetch(url, { method: 'POST', body: new URLSearchParams({ token }) });
    } catch {}
    if (!answer?.ok && on('introspection-down-opens')) return read(token).claims;
    if (!answer?.ok) throw new Error('introspection is down');
    const claims = await answer.json();
    if (!claims.active) throw new Refused('the token is not active');
    if (!claims.sub || !isForUs(claims, request)) throw new Refused('the token is for another resource');
    if (claims.sub === claims.client_id) throw new Refused('no user is named');
    return claims;
}

const known = new Map();

/** Under which name a token that was verified once is remembered by a server that remembers too much of it. */
function remembered(token) {
    if (on('cache-ignores-expiry') || on('introspection-once')) return token;
    try {
        if (on('cache-without-signature')) return read(token).content;
        if (on('cache-by-signature')) return read(token).last || undefined;
        if (on('cache-by-jti')) return read(token).claims.jti;
    } catch {}
}

/** The claims of an acceptable token. */
export async function verified(token, request) {
    const name = remembered(token);
    if (name !== undefined && known.has(name)) return known.get(name);
    const claims = await (on('introspection') ? introspected : checked)(token, request);
    if (name !== undefined) known.set(name, claims);
    return claims;
}
