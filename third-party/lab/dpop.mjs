// Proofs of possession (RFC 9449), where the variant `dpop` has them: a token with `cnf.jkt` is good with a proof only.

import { createHash, createPublicKey, verify } from 'node:crypto';
import { on, origin, path } from './place.mjs';

const digest = (text) => createHash('sha256').update(text).digest('base64url');
const seen = new Set();

function thumbprint(jwk) {
    const members = { RSA: ['e', 'kty', 'n'], EC: ['crv', 'kty', 'x', 'y'] }[jwk.kty];
    return digest(JSON.stringify(Object.fromEntries(members.map((name) => [name, jwk[name]]))));
}

function holds(proof, request, token, jkt) {
    const [head, body, tail, ...more] = proof.split('.');
    if (!tail || more.length) return false;
    const part = (text) => JSON.parse(Buffer.from(text, 'base64url'));
    const header = part(head);
    const claims = part(body);
    const { jwk } = header;
    if (header.typ !== 'dpop+jwt' || !['ES256', 'RS256'].includes(header.alg) || !jwk || 'd' in jwk) return false;
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    const signed = Buffer.from(`${head}.${body}`);
    if (!verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(tail, 'base64url'))) return false;
    if (claims.htm !== request.method || claims.htu?.split(/[?#]/)[0] !== origin + path) return false;
    if (typeof claims.iat !== 'number' || Math.abs(Date.now() / 1000 - claims.iat) > 300) return false;
    if (claims.ath !== digest(token) || thumbprint(jwk) !== jkt) return false;
    if (typeof claims.jti !== 'string' || seen.has(claims.jti)) return false;
    seen.add(claims.jti);
    return true;
}

/** What is wrong with how a verified token was presented, if anything. */
export function flaw(request, { claims, token, scheme }) {
    const jkt = claims.cnf?.jkt;
    if (jkt === undefined) return on('dpop') && scheme === 'dpop' ? 'invalid_token' : undefined;
    if (!on('dpop') || scheme !== 'dpop') return 'invalid_token';
    const fields = request.rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'dpop').length;
    try {
        if (fields === 1 && holds(request.headers.dpop, request, token, jkt)) return undefined;
    } catch {}
    return 'invalid_dpop_proof';
}
