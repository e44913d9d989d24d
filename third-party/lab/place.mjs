// Where this server is, whom it trusts, and which faults and variants are switched on. Knows nothing of requests.
//
// LAB holds names with commas between, all of which stand in faults.toml. PORT and MCP_CONFORMANCE_AUTH_SERVER_URL come
// from the harness.

const chosen = new Set((process.env.LAB ?? '').split(',').filter(Boolean));

/** Whether the fault or the variant of this name is switched on. */
export const on = (name) => chosen.has(name);

/** The first of these names that is switched on. */
export const chosenOf = (names) => names.find(on);

export const port = Number(process.env.PORT);
export const issuer = process.env.MCP_CONFORMANCE_AUTH_SERVER_URL;
export const host = `localhost:${port}`;
export const origin = `http://${host}`;
export const path = process.env.LAB_PATH ?? '/mcp';
/** The identifier of this resource: what its metadata says, and what tokens have to name. */
export const resource = origin + path + (on('aud-query-cut') || on('resource-query') ? '?tenant=one' : '');

export const wellKnown = '/.well-known/oauth-protected-resource';

/** Why a token is not accepted. Everything else that is thrown is a fault of this server. */
export class Refused extends Error {}
