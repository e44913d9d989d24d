Feature: Extensions

  Extensions bind those who declare them; a server goes on to serve those who do not know them. DPoP (RFC 9449) binds a
  token to a key; a server takes part in it when its operator does not say otherwise and a good proof is accepted.

  @EXT-NEG-02 @must:2026-07-28
  Rule: A client that lacks an extension is served by the core protocol or refused with a proper error

    - MCP 2026-07-28 versioning, Extension Negotiation

    Most clients lack most extensions. A server that fails on them shuts out everybody whom the core protocol would have
    served.

    Fix: Ignore extensions that the server does not know. Where a request cannot be served without one that the client
    lacks, answer with a JSON-RPC error that names it, never with a 5xx or with silence.

    Scenario Outline: Extensions of the client
      Given tools/list is accepted with a valid token
      When a client with <extensions> sends tools/list
      Then it is served or refused with a proper error

      Examples:
        | extensions                   |
        | no extensions                |
        | an extension nobody knows    |

  @follows:RS-JWT-04,RS-AUD-01,RS-JWT-14,RS-JWT-12
  @EXT-CC-09 @must:2025-11-25+
  Rule: Tokens by client credentials are validated like any other

    - MCP extension io.modelcontextprotocol/oauth-client-credentials, Extension Requirements

    A second way in for machines, with fewer checks, is open to whoever can make a token look like a machine's.

    Note: Such a token names the client as its subject and no user. It must not pass with anything wrong about it.

    Fix: Send every access token through the same verifier: signature, issuer, audience and expiry. On Cognito a token
    by client credentials has no `aud`, so a server has to refuse it or to know by other means that it is the recipient.

    Scenario Outline: With something wrong
      Given a token by client credentials is accepted
      When a client sends tools/list with <token>
      Then the token is refused

      Examples:
        | token                                                  |
        | a token by client credentials that has expired         |
        | a token by client credentials with a changed claim     |
        | a token by client credentials signed by another key    |
        | a token by client credentials for another host         |
        | a token by client credentials of another issuer        |

  @EXT-DPOP-06 @must:2025-11-25+
  Rule: Every proof is checked completely

    - RFC 9449 section 4.3
    - RFC 9449 section 7.1
    - MCP extension io.modelcontextprotocol/auth/dpop (proposal), MCP Server Validation

    The proof is what a thief of the token lacks. Each check that is left out helps to make one up, or to use one that
    was made for something else.

    Note: Each proof is wrong in one way; a good one is accepted. Which status and which challenge a refusal has is
    EXT-DPOP-10.

    Fix: Go through the list of RFC 9449 section 4.3: one `DPoP` field, `typ` dpop+jwt, an asymmetric `alg`, a public
    `jwk` by which the signature verifies, a `jti`, and `htm`, `htu` and `ath` that fit this request and this token.

    Scenario Outline: A broken proof
      Given a server that takes part in DPoP
      When a bound token is presented with <proof>
      Then nothing gets through

      Examples:
        | proof                            |
        | no proof                         |
        | two good proofs                  |
        | a proof of type JWT              |
        | an unsigned proof                |
        | a proof that says HS256          |
        | a proof that shows a private key |
        | a proof with a broken signature  |
        | a proof without jti              |
        | a proof for another method       |
        | a proof for another URL          |
        | a proof for no token             |
        | a proof for another token        |

  @follows:EXT-DPOP-06
  @EXT-DPOP-07 @must:2025-11-25+ @derived
  Rule: Proofs whose time is more than five minutes off are refused

    - RFC 9449 section 11.1
    - MCP extension io.modelcontextprotocol/auth/dpop (proposal), MCP Server Validation

    An old proof may have been recorded, and one from the future may be kept for later. The narrower the window, the
    less a recorded one is worth.

    Note: RFC 9449 leaves the window open; the extension, a proposal, fixes it. A server that hands out nonces may go by
    them in place of the time.

    Fix: Compare `iat` of the proof with the clock of the server, and answer 401 when they differ by more than 300
    seconds in either direction.

    Scenario Outline: Too old or too new
      Given a server that takes part in DPoP
      And a server that hands out no nonces
      When a bound token is presented with <proof>
      Then nothing gets through

      Examples:
        | proof                          |
        | a proof made six minutes ago   |
        | a proof made six minutes ahead |

  @follows:EXT-DPOP-06
  @EXT-DPOP-08 @must:2025-11-25+
  Rule: The key of the proof is the one that the token is bound to

    - RFC 9449 section 6
    - RFC 9449 section 7.1

    Anybody can make a good proof with a key of their own. Only the comparison with the token shows that the key is the
    one of its owner.

    Fix: Compute the SHA-256 thumbprint (RFC 7638) of the `jwk` in the proof and compare it with `cnf.jkt` of the
    verified token.

    Scenario: Another key
      Given a server that takes part in DPoP
      When a bound token is presented with a good proof by another key
      Then nothing gets through

  @EXT-DPOP-09 @must:2025-11-25+
  Rule: A token bound to a key is refused as a plain bearer token

    - RFC 9449 section 7.2

    Otherwise a thief leaves the proof away and uses the stolen token like any other.

    Fix: Answer 401 to a token with `cnf.jkt` behind `Bearer`, with a proof beside it or without. It is good behind the
    scheme `DPoP` only.

    Scenario Outline: Behind Bearer
      Given a server that takes part in DPoP
      When a bound token is presented behind Bearer with <proof>
      Then nothing gets through

      Examples:
        | proof        |
        | no proof     |
        | a good proof |

  @follows:EXT-DPOP-06
  @EXT-DPOP-10 @must:2025-11-25+ @derived
  Rule: Refusals are 401 with a DPoP challenge that names the error

    - RFC 9449 section 7.1
    - MCP extension io.modelcontextprotocol/auth/dpop (proposal), MCP Server Validation

    The error tells a client whether to make a better proof or to get a new token.

    Fix: Answer 401 with `WWW-Authenticate: DPoP error="invalid_dpop_proof"` when the proof is at fault and
    `error="invalid_token"` when the token is, and list the algorithms that are accepted in `algs`.

    Scenario: The challenge
      Given a server that takes part in DPoP
      When a bound token is presented with a proof with a broken signature
      Then the answer is 401
      And the challenge is one for DPoP and names the error

  @follows:RS-AUD-01
  @EXT-DPOP-11 @must:2025-11-25+
  Rule: The audience of a bound token is validated

    - MCP 2025-11-25 authorization, Token Handling
    - MCP extension io.modelcontextprotocol/auth/dpop (proposal), Integration with MCP Security Model

    A proof shows who holds a token, and not for whom the token was made. A server that is content with it takes tokens
    for others.

    Note: The sentence of MCP is about all access tokens, whatever scheme they stand behind.

    Fix: Check `aud` of a bound token as that of any other, before or after the proof.

    Scenario: Another audience
      Given a server that takes part in DPoP
      When a bound token for another host is presented with a good proof
      Then nothing gets through

  @follows:EXT-DPOP-06
  @EXT-DPOP-12 @should:2025-11-25+ @derived
  Rule: Proofs cannot be replayed

    - RFC 9449 section 11.1
    - MCP extension io.modelcontextprotocol/auth/dpop (proposal), Replay Detection

    Whoever sees a request can send it again for as long as its proof is good.

    Note: RFC 9449 says that servers can store the `jti`, and leaves it to them.

    Fix: Remember the `jti` of each proof for as long as the proof is accepted, in a store that all instances share, and
    refuse the second. A nonce shortens the time in which a proof is good; it does not stop the second use.

    Scenario: The same proof twice
      Given a server that takes part in DPoP
      When a bound token is presented with the same proof twice
      Then nothing gets through
