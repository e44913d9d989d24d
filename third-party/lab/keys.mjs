// The keys of the issuer, and whether a signature verifies. Right by itself: RS256 alone, the key found by `kid` in the key
// set of the one issuer, which is fetched again at most twice a second.

import { X509Certificate, constants, createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Refused, chosenOf, issuer, on } from './place.mjs';

const AGE = 500;
let metadata;
let keys;
let fetchedAt = 0;
let underWay;

const json = async (url) => (await fetch(url)).json();

/** The metadata of the issuer. */
export async function authority() {
    const { pathname, origin } = new URL(issuer);
    metadata ??= await json(`${origin}/.well-known/oauth-authorization-server${pathname === '/' ? '' : pathname}`);
    return metadata;
}

async function keySet({ unknown = false } = {}) {
    const age = Date.now() - fetchedAt;
    if (keys && on('jwks-once')) return keys;
    if (keys && on('withdrawn-key-stays') && !unknown) return keys;
    if (keys && age < AGE && !(on('jwks-flood') && unknown)) return keys;
    if (on('jwks-flood')) return json((await authority()).jwks_uri).then((set) => ((fetchedAt = Date.now()), (keys = set.keys)));
    underWay ??= authority()
        .then(({ jwks_uri }) => json(jwks_uri))
        .then((set) => {
            keys = on('withdrawn-key-stays') ? [...(keys ?? []), ...set.keys] : set.keys;
            fetchedAt = Date.now();
            return keys;
        })
        .finally(() => (underWay = undefined));
    return underWay;
}

/** The key set as it is, for faults that look at one key after another. */
async function keyNamed(kid) {
    const named = (set) => set.find((key) => key.kid === kid);
    return named(await keySet()) ?? named(await keySet({ unknown: true }));
}

// What may be taken for an HMAC secret by a library that is handed a public key.
const exported = (key, options) => createPublicKey({ key, format: 'jwk' }).export(options);
const secrets = {
    'hmac-pem': (key) => exported(key, { type: 'spki', format: 'pem' }),
    'hmac-pem-no-newline': (key) => exported(key, { type: 'spki', format: 'pem' }).trimEnd(),
    'hmac-pkcs1-pem': (key) => exported(key, { type: 'pkcs1', format: 'pem' }),
    'hmac-pkcs1-pem-no-newline': (key) => exported(key, { type: 'pkcs1', format: 'pem' }).trimEnd(),
    'hmac-der': (key) => exported(key, { type: 'spki', format: 'der' }),
    'hmac-pkcs1-der': (key) => exported(key, { type: 'pkcs1', format: 'der' }),
    'hmac-jwk': (key) => JSON.stringify(key),
    'hmac-jwk-canonical': ({ e, kty, n }) => JSON.stringify({ e, kty, n }),
    'hmac-modulus': (key) => Buffer.from(key.n, 'base64url'),
    'hmac-modulus-text': (key) => key.n,
    'hmac-empty': () => '',
    'hmac-weak': () => 'secret',
};

function hmacHolds(alg, secret, content, signature) {
    const hash = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' }[alg];
    if (!hash) return false;
    const right = createHmac(hash, secret).update(content).digest();
    return right.length === signature.length && timingSafeEqual(right, signature);
}

function publicKeyHolds(alg, key, content, signature) {
    const padding = alg.startsWith('PS') ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } : {};
    const hash = alg === 'EdDSA' ? undefined : `sha${alg.slice(-3)}`;
    const encoding = alg.startsWith('ES') ? { dsaEncoding: 'ieee-p1363' } : {};
    return verify(hash, Buffer.from(content), { key, ...padding, ...encoding }, signature);
}

const ofJwk = (jwk) => createPublicKey({ key: jwk, format: 'jwk' });
const ofCertificate = (text) => new X509Certificate(text).publicKey;
const inThe = (set, kid) => ofJwk(set.keys.find((key) => key.kid === kid) ?? set.keys[0]);

/** A key that the token itself brings or names, for a server that lets it. */
async function keyOfTheToken(header, claims) {
    const families = { 'embedded-jwk': 'RSA', 'embedded-jwk-ec': 'EC', 'embedded-jwk-okp': 'OKP' };
    const trusted = chosenOf(Object.keys(families));
    if (trusted && header.jwk?.kty === families[trusted]) return ofJwk(header.jwk);
    if (on('embedded-x5c') && header.x5c) return ofCertificate(Buffer.from(header.x5c[0], 'base64'));
    if (on('jku-trusted') && header.jku) return inThe(await json(header.jku), header.kid);
    if (on('jku-visited') && header.jku) await fetch(header.jku).catch(() => {});
    if (on('x5u-trusted') && header.x5u) return ofCertificate(await (await fetch(header.x5u)).text());
    if (on('kid-url') && /^https?:/.test(header.kid)) return inThe(await json(header.kid), header.kid);
    if (on('keys-of-any-issuer') && claims.iss !== issuer) {
        const { jwks_uri } = await json(`${claims.iss}/.well-known/openid-configuration`);
        return inThe(await json(jwks_uri), header.kid);
    }
}

/** Whether the signature is one that this server takes for the issuer's. */
export async function signatureHolds({ header, claims, content, signature }) {
    const { alg, kid } = header;
    if (on('signature-ignored')) return true;
    if (on('alg-none') && alg === 'none') return true;
    if (on('alg-none-any-case') && String(alg).toLowerCase() === 'none' && alg !== 'none') return true;
    if (on('alg-missing') && alg === undefined) return true;
    if (on('signature-stripped') && signature.length === 0 && alg === 'RS256') return true;
    if (on('ecdsa-zeros') && alg === 'ES256' && signature.length === 64 && signature.every((byte) => byte === 0)) return true;
    if (on('kid-missing-unverified') && kid === undefined) return true;
    if (on('kid-unknown-unverified') && kid !== undefined && !(await keyNamed(kid))) return true;

    const secret = chosenOf(Object.keys(secrets));
    if (secret && /^HS/.test(alg)) {
        return (await keySet()).some((key) => hmacHolds(alg, secrets[secret](key), content, signature));
    }
    if (on('kid-path') && /^HS/.test(alg) && /\//.test(kid)) return hmacHolds(alg, readFileSync(kid), content, signature);
    const injected = /union\s+select\s+'([^']*)'/i.exec(kid)?.[1];
    if (on('kid-query') && /^HS/.test(alg) && injected !== undefined) return hmacHolds(alg, injected, content, signature);
    if (on('kid-prototype') && typeof kid === 'string' && kid in {}) throw new TypeError(`${kid} has no modulus`);

    const own = await keyOfTheToken(header, claims).catch((error) => {
        throw new Refused(`a key that cannot be had: ${error.message}`);
    });
    if (own) return publicKeyHolds(alg, own, content, signature);

    const sameFamily = on('alg-of-the-token') && /^(RS|PS)(256|384|512)$/.test(alg);
    if (alg !== 'RS256' && !sameFamily) throw new Refused('another algorithm than RS256');
    const key = typeof kid === 'string' ? await keyNamed(kid) : undefined;
    if (!key || key.kty !== 'RSA' || (key.alg && key.alg !== 'RS256') || (key.use && key.use !== 'sig')) {
        throw new Refused('the issuer has no such key');
    }
    return publicKeyHolds(alg, ofJwk(key), content, signature);
}
