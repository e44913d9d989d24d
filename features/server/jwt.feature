Feature: Access tokens that are JWTs

  @RS-JWT-01 @must:2025-03-26+
  Rule: An unsigned token is refused

    - RFC 9068 section 4
    - RFC 8725 sections 3.1 and 3.2
    - RFC 7518 section 3.6

    The algorithm stands in the token, so whoever believes it lets the caller choose to have no signature at all.

    Note: Names of algorithms are case-sensitive; a library that lowers the case before it looks up none is caught by
    the spellings.

    Fix: Give the verifier a list of algorithms, and never take the list from the token. On Cognito the list is RS256
    alone.

    Scenario Outline: With a token that nobody signed
      Given tools/list is accepted with a valid token
      When a client sends tools/list with <token>
      Then the token is refused

      Examples:
        | token                                         |
        | an unsigned token with alg none               |
        | an unsigned token with alg None               |
        | an unsigned token with alg NONE               |
        | an unsigned token with alg nOnE               |
        | an unsigned token without alg                 |
        | an unsigned token with an arbitrary signature |
        | an unsigned token with the genuine signature  |

  @RS-JWT-02 @must:2025-03-26+
  Rule: The public key of the issuer is never used as a secret

    - RFC 8725 sections 2.1 and 3.1

    The key set is public. A verifier that takes the algorithm from the token and the key from the set can be made to
    check an HMAC whose secret everybody knows, and then anybody signs for anyone.

    Note: Which bytes it would take for the secret depends on the library, so several are tried.

    Fix: Accept asymmetric algorithms only, each key with the algorithm that it is published for, and hand no public key
    to a function that wants a secret. On Cognito that is RS256.

    Scenario Outline: With an HMAC under what everybody knows
      Given tools/list is accepted with a valid token
      When a client sends tools/list with <token>
      Then the token is refused

      Examples:
        | token                                               |
        | a token signed with HS256 and the public key        |
        | a token signed with HS384 and the public key        |
        | a token signed with HS512 and the public key        |
        | a token signed with HS256 and the public key as PKCS #1 |
        | a token signed with HS256 and the public key as DER |
        | a token signed with HS256 and the public key as JWK |
        | a token signed with HS256 and the modulus           |
        | a token signed with HS256 and an empty secret       |

  @RS-JWT-03 @must:2025-03-26+
  Rule: A key is used with the algorithm that it is published for, and with no other

    - RFC 8725 section 3.1
    - RFC 7517 section 4.4

    The issuer says what a key is for. A verifier that lets the token decide can be led to the weakest of all algorithms
    that fit the key.

    Note: The signatures verify. Where the key set does not say what a key is for, another algorithm of the same family
    is no fault, and the rule does not apply.

    Fix: Take the algorithm from `alg` of the key in the key set, and refuse a token whose header says another. Cognito
    publishes RS256 for each of its keys.

    Scenario Outline: With another algorithm under the right key
      Given tools/list is accepted with a token signed anew with the issuer's key
      When a client sends tools/list with <token>
      Then the token is refused

      Examples:
        | token                                        |
        | a token signed with RS384 by the issuer's key |
        | a token signed with RS512 by the issuer's key |
        | a token signed with PS256 by the issuer's key |

  @RS-JWT-04 @must:2025-03-26+
  Rule: A token whose signature does not verify is refused

    - RFC 8725 sections 3.3 and 3.4
    - RFC 7515 section 5.2

    The signature is all that shows who wrote the claims. Whoever gets around it writes them as they like: user, scopes
    and audience.

    Note: RFC 7515 forbids padding, spaces and any other additional character around the parts. It leaves spare bits in
    the last character to the decoder, so these are not judged. The oddities may be accepted or refused.

    Fix: Verify the signature over the text as it came, before any claim is used. Take three parts in unpadded base64url
    and nothing else, and let no error of the parser pass for success or end as a 5xx.

    Scenario Outline: With a signature of somebody else or none
      Given tools/list is accepted with a valid token
      When a client sends tools/list with <token>
      Then the token is refused

      Examples:
        | token                                          |
        | a token with a broken signature                |
        | a token whose claims were changed after signing |
        | a token whose header was changed after signing |
        | a token signed by another key                  |
        | a token whose signature is stripped            |
        | a token whose signature is cut short           |
        | a token whose signature is a single zero       |
        | a token whose signature has bytes behind it    |
        | a token with an ES256 signature of zeros       |
        | a token signed with ES256 by a stranger        |
        | a token signed with EdDSA by a stranger        |

    Scenario Outline: In another form
      Given tools/list is accepted with a valid token
      When a client sends tools/list with <token>
      Then the token is refused

      Examples:
        | token                                                        |
        | a token of two parts                                         |
        | a token of four parts                                        |
        | a token of five parts                                        |
        | a token in the JSON serialization                            |
        | a token with padding behind its signature                    |
        | a token with its signature in the other alphabet of base64   |
        | a token with a space before its signature                    |
        | a token with a tab before its signature                      |

    Scenario Outline: Oddities on which nothing hangs do not break the server
      Given tools/list is accepted with a token signed anew with the issuer's key
      When a client sends tools/list with <token>
      Then the server does not break

      Examples:
        | token                                            |
        | a token with a byte order mark before its claims |
        | a token whose cty is JWT                         |
        | a token whose zip is DEF                         |
        | a token whose b64 is false without crit          |
        | a token whose typ is a number                    |
        | a token whose exp is a fraction                  |
        | a token whose exp is a huge number               |
        | a token whose exp is a string of digits          |
        | a token whose iat is negative                    |
        | a token whose scope is an object                 |

  @RS-JWT-05 @must-not:2025-03-26+
  Rule: A key in the header of a token is not trusted

    - RFC 8725 section 3.10
    - RFC 7515 sections 4.1.3 and 4.1.6

    A stranger signs, and sends the key along by which the signature verifies. Whoever trusts it takes tokens from
    everybody.

    Fix: Ignore `jwk` and `x5c` in the header. Look the key up in the key set of the configured issuer, by `kid` alone.

    Scenario Outline: With a key of its own
      Given tools/list is accepted with a valid token
      When a client sends tools/list with <token>
      Then the token is refused

      Examples:
        | token                                                           |
        | a token that carries its own key as jwk                         |
        | a token that carries its own key as jwk under the issuer's kid  |
        | a token that carries its own certificate as x5c                 |
        | a token that carries its own certificate as x5c under the issuer's kid |

  @RS-JWT-06 @must-not:2025-03-26+
  Rule: An address in a token is neither visited nor trusted

    - RFC 8725 section 3.10
    - RFC 7515 sections 4.1.2 and 4.1.5

    Whoever comes to an address in a token lets strangers aim the server's requests, at its own network for instance,
    even when the token is refused afterwards. Whoever trusts the keys there takes tokens from everybody.

    Note: A canary waits at the address and serves a key by which the signature verifies. An iss that leads there
    catches a server that looks for the keys of whatever issuer a token names.

    Fix: Take the address of the keys from the configuration alone, or from the metadata of the configured issuer.
    Ignore `jku` and `x5u`, and compare `iss` before anything is fetched.

    Scenario Outline: With an address where a stranger's key is
      Given tools/list is accepted with a valid token
      And a canary that notices whoever comes
      When a client sends tools/list with <token>, and the canary waits
      Then the token is refused
      And nobody came to the canary

      Examples:
        | token                                                               |
        | a token whose jku leads to a stranger's keys                        |
        | a token whose jku leads to a stranger's keys under the issuer's kid |
        | a token whose x5u leads to a stranger's certificate                 |
        | a token whose iss is a stranger's                                   |

  @RS-JWT-07 @must:2025-03-26+
  Rule: A hostile kid leads to a refusal and to nothing else

    - RFC 8725 section 3.10

    The name of the key comes from the caller. Where it ends up in a file name, a query or a header field, the caller
    chooses the key, or reads and breaks what is behind it.

    Fix: Read `kid` as a string of moderate length, compare it with the names in the key set, and build nothing from it.
    Answer 401 where no key has this name.

    Scenario Outline: With a kid of the caller's choice
      Given tools/list is accepted with a valid token
      When a client sends tools/list with <token>
      Then the token is refused

      Examples:
        | token                                       |
        | a stranger's token without kid              |
        | a stranger's token with an unknown kid      |
        | a stranger's token with an empty kid        |
        | a stranger's token whose kid is a number    |
        | a stranger's token whose kid is null        |
        | a stranger's token whose kid is an array    |
        | a stranger's token whose kid is a path      |
        | a stranger's token whose kid is a piece of SQL |
        | a stranger's token whose kid has line breaks |
        | a stranger's token whose kid has 8 KiB      |

  @RS-JWT-08 @should:2025-03-26+ @derived @waits
  Rule: A new key of the issuer is found without a restart, and a withdrawn one stops working

    - OAuth 2.1-13 section 5.2
    - OpenID Connect Core section 10.1.1

    Issuers change keys, at times because one was stolen. A server that does not notice turns all its users away, or
    goes on trusting the thief.

    Note: The harness stands between the server and the keys of the issuer, and adds one of its own to them. How long a
    server may go on with keys that it has is for the operator to say (`key_cache_seconds`); where nobody says it, only a
    server that notices at once can be judged.

    Fix: Fetch the key set again when a token names an unknown `kid`, and at regular intervals, and forget the keys that
    are no longer in it. Cognito publishes it at `/.well-known/jwks.json` below the issuer.

    Scenario: A new key
      Given tools/list is accepted with a valid token
      When the issuer publishes a new key, and a client sends tools/list with a token signed with it
      Then the request is accepted

    Scenario: A withdrawn key
      Given tools/list is accepted with a valid token
      When the issuer withdraws a key that was in use, and a client sends tools/list with a token signed with it
      Then the token is refused

  @RS-JWT-09 @should:2025-03-26+ @derived
  Rule: Names of unknown keys are not turned into traffic for the issuer

    - RFC 8725 section 3.10

    A server that asks for the keys whenever a token names one that it does not know can be used against the issuer, and
    waits for it each time.

    Note: Five requests at once and two more each second are taken for bounded.

    Fix: After an unknown `kid` fetch the keys at most once in several seconds, whatever tokens arrive meanwhile, and
    let all requests that wait share one fetch.

    Scenario: Fifty names
      Given tools/list is accepted with a valid token
      When a client sends tools/list with 50 tokens that each name another unknown key
      Then the server asked for the keys of the issuer a bounded number of times

  @RS-JWT-10 @must:2025-03-26+
  Rule: A critical header parameter that is not understood leads to a refusal

    - RFC 7515 section 4.1.11
    - RFC 8725 section 3.10

    What is marked critical changes the meaning of the token. Whoever ignores it believes something that the issuer did
    not say.

    Note: A server that understands b64 refuses all the same, because the payload is not what it says. An empty list,
    and one that names a parameter of the standard, a server may refuse or not; it only must not break.

    Fix: Refuse a token with a `crit` that names anything the verifier does not implement. Try it out: several libraries
    ignore `crit`.

    Scenario Outline: With crit
      Given tools/list is accepted with a token signed anew with the issuer's key
      When a client sends tools/list with <token>
      Then the token is refused

      Examples:
        | token                                       |
        | a token whose crit names an extension       |
        | a token whose crit names an absent parameter |
        | a token whose crit names b64                |

    Scenario Outline: With a crit that a server may refuse or not
      Given tools/list is accepted with a token signed anew with the issuer's key
      When a client sends tools/list with <token>
      Then the server does not break

      Examples:
        | token                        |
        | a token whose crit is empty  |
        | a token whose crit names alg |

  @RS-JWT-11 @must:2025-06-18+
  Rule: Under the JWT profile for access tokens, typ is at+jwt and nothing else

    - RFC 9068 section 4
    - RFC 8725 section 3.11

    An issuer signs several kinds of JWT with the same keys, such as ID tokens and logout tokens. The type keeps one
    from passing for the other.

    Note: MCP names RFC 9068 as an example only, and Cognito does not send at+jwt; so the rule applies where the
    operator says that access tokens follow the profile.

    Fix: Under the profile, compare `typ` with `at+jwt` and `application/at+jwt`, without regard to case, and refuse
    every other type and a token that has none. On Cognito check `token_use` instead.

    Scenario Outline: With the type of an access token
      Given access tokens follow RFC 9068
      When a client sends tools/list with <token>
      Then the request is accepted

      Examples:
        | token                                   |
        | a token whose typ is at+jwt             |
        | a token whose typ is application/at+jwt |
        | a token whose typ is AT+JWT             |

    Scenario Outline: With another type
      Given access tokens follow RFC 9068
      And tools/list is accepted with a token whose typ is at+jwt
      When a client sends tools/list with <token>
      Then the token is refused

      Examples:
        | token                               |
        | a token whose typ is JWT            |
        | a token without typ                 |
        | a token whose typ is id_token+jwt   |
        | a token whose typ is dpop+jwt       |
        | a token whose typ is logout+jwt     |

  @RS-JWT-12 @must:2025-03-26+
  Rule: The issuer of a token is compared exactly

    - RFC 9068 section 4
    - RFC 8725 section 3.8
    - RFC 7519 section 4.1.1

    All user pools of a region share one host and differ in the path alone. Anybody can open a pool there, and sign
    tokens whose issuer nearly fits.

    Fix: Compare `iss` with the configured issuer as a whole, as a string and with regard to case: no prefix, no search,
    no normalization. Refuse a token whose `iss` is missing or no string.

    Scenario Outline: With another issuer
      Given tools/list is accepted with a token signed anew with the issuer's key
      When a client sends tools/list with <token>
      Then the token is refused

      Examples:
        | token                                              |
        | a token without iss                                |
        | a token whose iss is null                          |
        | a token whose iss is a number                      |
        | a token whose iss is an object                     |
        | a token whose iss is an array of one               |
        | a token whose iss is an empty string               |
        | a token whose iss is in upper case                 |
        | a token whose iss is longer by a letter            |
        | a token whose iss is shorter by a letter           |
        | a token whose iss is followed by a slash           |
        | a token whose iss is spelt with a look-alike letter |
        | a token whose iss has the other scheme             |
        | a token whose iss has another port                 |
        | a token whose iss is the host alone                |
        | a token whose iss contains the issuer              |
        | a token whose iss is another pool of the provider  |

  @RS-JWT-13 @must:2025-03-26+
  Rule: A key verifies tokens of its own issuer only

    - RFC 8725 section 3.8

    An issuer may speak for its own users only. Where all keys are in one set, the least careful of the issuers can sign
    in the name of any other.

    Note: Applies to a server that trusts more than one issuer; it breaks where the keys of all are kept in one set. A
    server that the harness starts is told a second issuer, and shows by its metadata whether it trusts that one too.

    Fix: Choose the issuer by `iss` among those that are configured, and look for the key in the key set of this one
    alone.

    Scenario: With the key of another trusted issuer
      Given tools/list is accepted with a valid token
      And tools/list is accepted with a token of the other trusted issuer
      When a client sends tools/list with a token of one trusted issuer signed by another
      Then the token is refused

  @RS-JWT-14 @must:2025-03-26+
  Rule: An expired token is refused

    - OAuth 2.1-13 section 5.2
    - RFC 7519 section 4.1.4
    - RFC 9068 section 4

    The expiry bounds what a stolen token is worth. Where nobody looks at it, it is enough to steal one once.

    Note: A leeway of a few minutes for clocks that differ is allowed; ten minutes is more than that.

    Fix: Compare `exp` with the clock on every request, with a leeway of a few minutes at most, also where the result of
    an earlier check is cached.

    Scenario Outline: After its time
      Given tools/list is accepted with a token signed anew with the issuer's key
      When a client sends tools/list with <token>
      Then the token is refused

      Examples:
        | token                                           |
        | a token that has expired                        |
        | a token that expired ten minutes ago            |
        | a token whose exp is a string of past digits    |

  @RS-JWT-15 @must:2025-06-18+ @derived
  Rule: A token without a usable expiry is refused

    - RFC 9068 sections 2.2 and 4
    - OAuth 2.1-13 section 5.2

    Several libraries skip the check when the claim is absent or of another type, and the token is then good forever.

    That the claim has to be there, RFC 9068 says of its own profile alone; elsewhere it follows from the duty to check
    that a token has not expired.

    Note: A time in the far future is a time, and is not judged here. Neither are digits in a string, which count as the
    time that they spell (RS-JWT-14).

    Fix: Require `exp`, and require it to be a number that is not negative. Tell the library that the claim must be
    there.

    Scenario Outline: With an expiry that is none
      Given tools/list is accepted with a token signed anew with the issuer's key
      When a client sends tools/list with <token>
      Then the token is refused

      Examples:
        | token                                  |
        | a token without exp                    |
        | a token whose exp is null              |
        | a token whose exp is true              |
        | a token whose exp is negative          |
        | a token whose exp is an object         |
        | a token whose exp is an array of one   |
        | a token whose exp is an empty string   |

  @RS-JWT-16 @must:2025-03-26+
  Rule: A token is not accepted before its time

    - RFC 7519 section 4.1.5

    A token may be issued ahead, for access that begins later. Some libraries leave the check of nbf off unless they are
    told.

    Fix: Turn the check of `nbf` on, with the same leeway as for `exp`. A token without it is good: Cognito sends none.

    Scenario Outline: Before nbf
      Given tools/list is accepted with a token that became valid an hour ago
      When a client sends tools/list with <token>
      Then the token is refused

      Examples:
        | token                                    |
        | a token that becomes valid in an hour    |
        | a token that becomes valid in ten minutes |

  @RS-JWT-17 @must:2025-03-26+ @derived
  Rule: A repeated claim does not smuggle a value past the check

    - RFC 7519 section 4

    Two readers of one text that take different values let the check see one value and the program use the other.

    Note: The first value is right and the last one is wrong. A parser either refuses the text or takes the last value;
    to check the first and leave it at that is the fault. The other order is not judged.

    Fix: Parse the claims once, with a parser that refuses repeated members, and use nothing but the result that was
    checked.

    Scenario Outline: With a claim twice
      Given tools/list is accepted with a token signed anew with the issuer's key
      And tools/list is refused with <alone>
      When a client sends tools/list with <token>
      Then the token is refused

      Examples:
        | token                                      | alone                                    |
        | a token with a second iss of somebody else | a token whose iss is longer by a letter  |
        | a token with a second exp in the past      | a token that has expired                 |

      @in:2025-06-18+
      Examples: since tokens have an audience
        | token                                      | alone                    |
        | a token with a second aud for another host | a token for another host |

    Scenario: With the scope twice
      Given tools/list is accepted with a token signed anew with the issuer's key
      And tools/list is refused with a token without scope
      When a client sends tools/list with a token with a second scope that grants nothing
      Then the token is refused

  @RS-JWT-18 @should:2025-06-18+ @derived
  Rule: Under the JWT profile for access tokens, a token that lacks a required claim is not relied on

    - RFC 9068 section 2.2

    Whoever relies on a claim that is not there decides about nobody: an empty user, or a client that nothing can be
    held against.

    Note: The profile binds issuers to these claims. It does not list their presence among the checks of resource
    servers, so a server that accepts such a token is told so, and no more.

    Fix: Under the profile, require `sub`, `client_id`, `iat` and `jti` beside `iss`, `aud` and `exp`.

    Scenario Outline: Without a claim
      Given access tokens follow RFC 9068
      And tools/list is accepted with a token whose typ is at+jwt
      When a client sends tools/list with <token>
      Then the token is refused

      Examples:
        | token                                                 |
        | a token whose typ is at+jwt and that lacks sub        |
        | a token whose typ is at+jwt and that lacks client_id  |
        | a token whose typ is at+jwt and that lacks iat        |
        | a token whose typ is at+jwt and that lacks jti        |

  @RS-JWT-19 @should:2025-03-26+ @derived
  Rule: A token that a client got on its own behalf is not taken for a user's

    - RFC 8725 sections 3.8 to 3.12
    - OAuth 2.1-13 section 7.4
    - RFC 9068 section 5

    With client credentials sub is the client. Whoever takes sub for the user, whatever sort of token it is, lets a
    client that is named like a user act as that user.

    Fix: Tell the two apart before `sub` is used, and keep what belongs to users and to clients under different keys. On
    Cognito a client's own token has a `sub` equal to `client_id` and no `username`.

    Scenario: With a client that is named like the user
      Given an effect that the user can read back
      When a client reads it back with a token of a client that is named like the user
      Then the effect is not shown
