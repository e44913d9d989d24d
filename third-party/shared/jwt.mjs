// The verification of an access token by jose, for libraries that leave it to the application. It is strict, so that what a
// server accepts beyond it is the library's doing.

import { createRemoteJWKSet, jwtVerify } from 'jose';
import { authority, issuer, resource } from './subject.mjs';

const keys = createRemoteJWKSet(new URL(authority.jwks_uri));

/** The claims of an access token (RFC 9068) for this resource. */
export async function claimsOf(token) {
    const expected = { issuer, audience: resource, algorithms: ['RS256'], typ: 'at+jwt', requiredClaims: ['exp', 'sub'] };
    return (await jwtVerify(token, keys, expected)).payload;
}

/** The same as the `AuthInfo` of the TypeScript SDK, 1 and 2. */
export async function authInfo(token) {
    const claims = await claimsOf(token);
    return {
        token,
        clientId: String(claims.client_id),
        scopes: String(claims.scope ?? '').split(' ').filter(Boolean),
        expiresAt: claims.exp,
        resource: new URL(resource),
        extra: { subject: claims.sub },
    };
}
