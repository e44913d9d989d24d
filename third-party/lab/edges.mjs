// What stands before a server: gateways, limiters, filters. Their answers are not the server's own.

import { on, origin, path } from './place.mjs';

let count = 0;
let second = 0;
let inSecond = 0;

const page = (request, status, text, type = 'text/html') => (request.respond(status, text, { 'content-type': type, server: 'edge' }), true);

// The same request, sent again, passes: a client that repeats is answered.
const stopped = new Set();
function every(number, request) {
    const name = `${request.headers.authorization} ${request.text}`;
    if (++count % number !== 0 || stopped.has(name)) return false;
    return Boolean(stopped.add(name));
}


/** Whether something before the server answered the request. */
export function answered(request) {
    const { headers, url, respond } = request;
    if (url.pathname !== path) return false;
    if (on('edge-needs-user-agent') && !headers['user-agent']) return page(request, 403, '<html><head><title>403 Forbidden</title></head></html>');
    if (on('edge-502') && every(25, request)) return page(request, 502, '<html><h1>502 Bad Gateway</h1></html>');
    if (on('edge-503') && every(25, request)) return page(request, 503, '<html><h1>503 Service Temporarily Unavailable</h1></html>');
    if (on('edge-504') && every(25, request)) return page(request, 504, '<html><h1>504 Gateway Time-out</h1></html>');
    if (on('edge-520') && every(25, request)) return page(request, 520, 'error code: 520', 'text/plain');
    if (on('edge-resets') && every(25, request)) return request.socket.destroy(), true;
    if (on('edge-filter') && every(7, request)) return page(request, 403, '<html><body>Attention Required!</body></html>');
    if (on('edge-blocks-tokens') && headers.authorization) return page(request, 403, 'Your request was blocked.', 'text/plain');
    if (on('edge-limits')) {
        const now = Math.floor(Date.now() / 1000);
        if (now !== second) [second, inSecond] = [now, 0];
        if (++inSecond > 100) return respond(429, { message: 'Too Many Requests' }, { 'retry-after': '1' }), true;
    }
    if (on('edge-key') && headers['x-api-key'] !== process.env.GATEWAY_KEY) return respond(403, { message: 'Forbidden' }), true;
    if (on('redirect-slash')) return respond(307, undefined, { location: `${origin}${path}/` }), true;
    return false;
}
