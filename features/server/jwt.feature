Feature: Access tokens that are JWTs

  @follows:RS-JWT-04
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

  @follows:RS-JWT-04
  @RS-JWT-02 @must:2025-03-26+
  Rule: The public key of the issuer is never used as a secret

    - RFC 8725 sections 2.1 and 3.1

    The key set is public. A verifier that takes the algorithm from the token and the key from the set can be made to
    check an HMAC whose secret everybody knows, and then anybody signs for anyone.

    Note: Which bytes it would take for the secret depends on the library, so several are tried.

    Fix: Use each key with the algorithm that it is published for, and hand no public key to a function that wants a
    secret. An issuer may sign with a shared secret as well: then this secret goes with HMAC, and its public keys do not.
    On Cognito all keys are for RS256.

    Scenario Outline: With an HMAC under what everybody knows
      Given tools/list is accepted with a valid token
      When a client sends tools/list with <token>
      Then the token is refused

      Examples:
        | token                                               |
        | a token signed with HS256 and the public key        |
        | a token signed with HS384 and the public key        |
        | a token signed with HS512 and the public key        |
        | a token signed with HS256 and the public key without its last line break |
        | a token signed with HS256 and the public key as PKCS #1 |
        | a token signed with HS256 and the public key as PKCS #1 without its last line break |
        | a token signed with HS256 and the public key as DER |
        | a token signed with HS256 and the public key as DER of PKCS #1 |
        | a token signed with HS256 and the public key as JWK |
        | a token signed with HS256 and the modulus           |
        | a token signed with HS256 and the modulus as text   |
        | a token signed with HS256 and an empty secret       |

  @follows:RS-JWT-04
  @RS-JWT-03 @must:2025-03-26+ @derived
  Rule: A key is used with the algorithm that it is published for, and with no other

    - RFC 8725 section 3.1
    - RFC 7517 section 4.4

    The issuer says what a key is for. A verifier that lets the token decide can be led to the weakest of all algorithms
    that fit the key.

    Note: The signatures verify, with the key of the issuer. RFC 8725 has each key used with one algorithm, and binds
    libraries and applications of JWTs; MCP does not name it. Where the key set does not say what a key is for, another
    algorithm of the same family is no fault, and the rule does not apply.

    Fix: Take the algorithm from `alg` of the key in the key set, and refuse a token whose header says another. Cognito
    publishes RS256 for each of its keys.

    Scenario Outline: With another algorithm under the right key
      Given tools/list is accepted with a token signed anew with the issuer's key
      And tools/list is refused with a token signed by another key
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

    Note: The valid token was sent before, so a server that remembers what it has verified by a part of the token, such
    as its claims, its `jti` or its signature, is noticed too. Other ways of writing a signature that verifies are
    RS-JWT-20.

    Fix: Verify the signature over the text as it came, before any claim is used, with a key of the issuer that no caller
    can guess. Remember a result by the whole token and by nothing less.

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
        | a token of two parts                           |
        | a token of five parts                          |

    Scenario Outline: With the signature of a secret that callers guess
      Given tools/list is accepted with a valid token
      When a client sends tools/list with <token>
      Then the token is refused

      Examples:
        | token                                                  |
        | a token signed with HS256 and the word secret          |
        | a token signed with HS256 and the word changeme        |
        | a token signed with HS256 and the word undefined       |
        | a token signed with HS256 and the secret of examples   |

  @follows:RS-JWT-04
  @RS-JWT-05 @must-not:2025-03-26+
  Rule: A key in the header of a token is not trusted

    - RFC 9068 section 4
    - RFC 8725 section 3.8
    - RFC 7515 sections 4.1.3 and 4.1.6

    An attacker signs, and sends the key along by which the signature verifies. A server that trusts it takes tokens from
    every attacker. RFC 9068 has the server use the keys of the authorization server, RFC 8725 keys that belong to the
    issuer.

    Fix: Ignore `jwk` and `x5c` in the header. Look the key up in the key set of the configured issuer, by `kid` alone.

    Scenario Outline: With a key of its own
      Given tools/list is accepted with a valid token
      When a client sends tools/list with <token>
      Then the token is refused

      Examples:
        | token                                                           |
        | a token that carries its own key as jwk                         |
        | a token that carries its own key as jwk under the issuer's kid  |
        | a token that carries its own EC key as jwk                      |
        | a token that carries its own Ed25519 key as jwk                 |
        | a token that carries its own secret as jwk                      |
        | a token that carries its own certificate as x5c                 |
        | a token that carries its own certificate as x5c under the issuer's kid |

  @follows:RS-JWT-04
  @RS-JWT-06 @must-not:2025-03-26+
  Rule: A key at an address in a token is not trusted

    - RFC 9068 section 4
    - RFC 8725 section 3.8
    - RFC 7515 sections 4.1.2 and 4.1.5

    An attacker signs, and says where the key is by which the signature verifies. A server that fetches it from there takes
    tokens from every attacker.

    Note: A canary waits at the address and serves a key by which the signature verifies. An iss that leads there catches
    a server that looks for the keys of whatever issuer a token names. The refusals follow from the signature, which no
    key of the issuer verifies; that the server does not visit the address is RS-JWT-23 and RS-JWT-24.

    Fix: Take the address of the keys from the configuration alone, or from the metadata of the configured issuer.

    Scenario Outline: With an address where a stranger's key is
      Given tools/list is accepted with a valid token
      And a canary that notices whoever comes
      When a client sends tools/list with <token>, and the canary waits
      Then the token is refused

      Examples:
        | token                                                               |
        | a token whose jku leads to a stranger's keys                        |
        | a token whose jku leads to a stranger's keys under the issuer's kid |
        | a token whose x5u leads to a stranger's certificate                 |
        | a token whose kid leads to a stranger's keys                        |
        | a token whose iss is a stranger's                                   |

  @follows:RS-JWT-04,RS-JWT-02
  @RS-JWT-07 @must:2025-03-26+
  Rule: A kid of the caller's choice leads to no key of the caller's choice

    - RFC 9068 section 4
    - RFC 8725 sections 3.8 and 3.10

    The name of the key comes from the caller. Where it ends up in a file name, a query or the name of a member, the
    caller chooses the key, or reads and breaks what is behind it.

    Note: Each token is signed with what a careless reader finds under its kid: an empty file, the text that the query
    gives, the text of a member that every object has; or else by a stranger. The refusals follow from the signature,
    which no key of the issuer verifies. A server that fails over such a kid is RS-TOKEN-05.

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
        | a stranger's token whose kid is __proto__   |
        | a stranger's token whose kid is constructor |
        | a stranger's token whose kid has line breaks |
        | a stranger's token whose kid has 8 KiB      |

  @follows:RS-JWT-04
  @RS-JWT-08 @should:2025-03-26+ @derived @waits
  Rule: A new key of the issuer is found without a restart, and a withdrawn one stops working

    - OAuth 2.1-13 section 5.2
    - OpenID Connect Core section 10.1.1

    Issuers change keys, at times because one was stolen. A server that does not notice turns all its users away, or
    goes on trusting the thief.

    Note: The harness stands between the server and the keys of the issuer, and adds one of its own to them. How long a
    server may go on with keys that it has is for the operator to declare (`key_cache_seconds`). Where it is not declared, a
    server that notices at once keeps the rule, and to any other it does not apply.

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

  @follows:RS-JWT-04
  @RS-JWT-10 @must:2025-03-26+
  Rule: A critical header parameter that is not understood leads to a refusal

    - RFC 7515 section 4.1.11
    - RFC 8725 section 3.10

    What is marked critical changes the meaning of the token. Whoever ignores it believes something that the issuer did
    not say.

    Note: A server that understands b64 refuses all the same, because the payload is not what it says. An empty list,
    and one that names a parameter of the standard, a server may refuse or not (RS-JWT-27).

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

  @follows:RS-TOKEN-09
  @RS-JWT-11 @must:2025-06-18+
  Rule: Under the JWT profile for access tokens, typ is at+jwt and nothing else

    - RFC 9068 section 4
    - RFC 8725 section 3.11

    An issuer signs several kinds of JWT with the same keys, such as ID tokens and logout tokens. The type keeps one
    from passing for the other.

    Note: MCP names RFC 9068 as an example only, and Cognito does not send at+jwt; so the rule applies where the
    operator says that access tokens follow the profile.

    Fix: Under the profile, compare `typ` with `at+jwt` and `application/at+jwt`, and refuse every other type and a token
    that has none. On Cognito check `token_use` instead.

    Scenario Outline: With the type of an access token
      Given access tokens follow RFC 9068
      And tools/list is accepted with a valid token
      When a client sends tools/list with <token>
      Then the request is accepted

      Examples:
        | token                                   |
        | a token whose typ is at+jwt             |
        | a token whose typ is application/at+jwt |

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

  @follows:RS-TOKEN-09
  @RS-JWT-12 @must:2025-03-26+
  Rule: The issuer of a token is compared exactly

    - RFC 9068 section 4
    - RFC 8725 section 3.8
    - RFC 7519 section 4.1.1

    All user pools of a region share one host and differ in the path alone. Anybody can open a pool there, and sign
    tokens whose issuer nearly fits.

    Note: That `iss` is missing, or an array with the issuer alone, is RS-JWT-26.

    Fix: Compare `iss` with the configured issuer as a whole, as a string and with regard to case: no prefix, no search,
    no normalization.

    Scenario Outline: With another issuer
      Given tools/list is accepted with a token signed anew with the issuer's key
      When a client sends tools/list with <token>
      Then the token is refused

      Examples:
        | token                                              |
        | a token whose iss is null                          |
        | a token whose iss is a number                      |
        | a token whose iss is an object                     |
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

    Scenario: With the issuer beside a stranger, who signs
      Given tools/list is accepted with a valid token
      And a canary that notices whoever comes
      When a client sends tools/list with a token whose iss is an array of a stranger's and the issuer, and the canary waits
      Then the token is refused

  @follows:RS-JWT-04
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

  @follows:RS-TOKEN-09
  @RS-JWT-14 @must:2025-03-26+
  Rule: An expired token is refused

    - OAuth 2.1-13 section 5.2
    - RFC 7519 section 4.1.4
    - RFC 9068 section 4

    The expiry bounds what a stolen token is worth. Where nobody looks at it, it is enough to steal one once.

    Note: A leeway of a few minutes for clocks that differ is allowed; an hour is more than that, and ten minutes are
    RS-JWT-22. The token has the claims of one that was accepted before, `jti` included, so a server that remembers what it
    has verified by these is noticed.

    Fix: Compare `exp` with the clock on every request, with a leeway of a few minutes at most, also where the result of
    an earlier check is cached.

    Scenario Outline: After its time
      Given tools/list is accepted with a token signed anew with the issuer's key
      When a client sends tools/list with <token>
      Then the token is refused

      Examples:
        | token                                           |
        | a token that has expired                        |
        | a token whose exp is a string of past digits    |
        | a token whose exp is negative                   |

  @follows:RS-JWT-14
  @RS-JWT-15 @must:2025-06-18+ @derived
  Rule: A token without a usable expiry is refused

    - RFC 7519 section 4.1.4
    - OAuth 2.1-13 section 5.2

    Several libraries skip the check when the claim is of another type, and the token is then good forever. RFC 7519 has
    the value be a number; that another type is refused follows from the duty to check that a token has not expired.

    Note: A time in the far future is a time, and is not judged here. Neither are digits in a string, which count as the
    time that they spell, nor a negative number, which is a time long past (RS-JWT-14). A token without the claim is
    RS-JWT-25.

    Fix: Require `exp`, where it is there, to be a number.

    Scenario Outline: With an expiry that is none
      Given tools/list is accepted with a token signed anew with the issuer's key
      And tools/list is refused with a token that has expired
      When a client sends tools/list with <token>
      Then the token is refused

      Examples:
        | token                                  |
        | a token whose exp is null              |
        | a token whose exp is true              |
        | a token whose exp is an object         |
        | a token whose exp is an array of one   |
        | a token whose exp is an empty string   |

  @follows:RS-TOKEN-09
  @RS-JWT-16 @must:2025-03-26+
  Rule: A token is not accepted before its time

    - RFC 7519 section 4.1.5

    A token may be issued ahead, for access that begins later. Some libraries leave the check of nbf off unless they are
    told.

    Note: A leeway of a few minutes for clocks that differ is allowed; ten minutes are RS-JWT-22.

    Fix: Turn the check of `nbf` on, with the same leeway as for `exp`. A token without it is good: Cognito sends none.

    Scenario: Before nbf
      Given tools/list is accepted with a token that became valid an hour ago
      When a client sends tools/list with a token that becomes valid in an hour
      Then the token is refused

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

  @RS-JWT-19 @may:2025-03-26+ @derived
  Rule: A token that a client got on its own behalf is not taken for a user's

    - RFC 8725 sections 3.8 to 3.12
    - OAuth 2.1-13 section 7.4
    - RFC 9068 section 5

    With client credentials sub is the client. A server that takes sub for the user, whatever sort of token it is, lets a
    client that is named like a user act as that user.

    Note: OAuth 2.1 lays the duty on the authorization server: it has to keep clients from choosing such names, or to give
    the server other means to tell the two apart. A server that could have told them apart is told so, and no more.

    Fix: Tell the two apart before `sub` is used, and keep what belongs to users and to clients under different keys. On
    Cognito a client's own token has a `sub` equal to `client_id` and no `username`.

    Scenario: With a client that is named like the user
      Given an effect that the user can read back
      When a client reads it back with a token of a client that is named like the user
      Then the effect is not shown

  @follows:RS-JWT-04
  @RS-JWT-20 @should:2025-03-26+ @derived
  Rule: A token is three parts of unpadded base64url, and nothing around them

    - RFC 7515 sections 2 and 5.2
    - RFC 7519 section 7.2

    Two readers that do not agree on the text of a token can be brought to see different tokens, and a list of revoked
    ones does not know a token that is spelt otherwise.

    Note: The signature verifies: codecs of several well-known libraries skip padding and white space and read either
    alphabet. RFC 7515 forbids all of it; OAuth 2.1 leaves the form of tokens open, and nothing is opened. Spare bits in
    the last character are left to the decoder, so these are not judged.

    Fix: Take three parts in unpadded base64url and nothing else. Most libraries have a strict decoder.

    Scenario Outline: In another form
      Given tools/list is accepted with a valid token
      And tools/list is refused with a token with a broken signature
      When a client sends tools/list with <token>
      Then the token is refused

      Examples:
        | token                                                        |
        | a token of four parts                                        |
        | a token in the JSON serialization                            |
        | a token with padding behind its signature                    |
        | a token with its signature in the other alphabet of base64   |
        | a token with a space before its signature                    |
        | a token with a tab before its signature                      |

  @follows:RS-JWT-11
  @RS-JWT-21 @should:2025-06-18+
  Rule: Under the JWT profile for access tokens, typ is compared without regard to case

    - RFC 7515 section 4.1.9
    - RFC 9068 section 4

    The value is a media type, and media types have no case. An issuer that writes AT+JWT is right, and its tokens are
    turned away.

    Note: RFC 9068 has the value compared with two texts, and a reader who compares them as texts follows its words; so
    this is a recommendation.

    Fix: Lower the case of `typ` before it is compared.

    Scenario: With the type of an access token in capitals
      Given access tokens follow RFC 9068
      And tools/list is accepted with a token whose typ is at+jwt
      When a client sends tools/list with a token whose typ is AT+JWT
      Then the request is accepted

  @follows:RS-JWT-14,RS-JWT-16
  @RS-JWT-22 @should:2025-03-26+
  Rule: The leeway for clocks that differ is a few minutes at most

    - RFC 7519 section 4.1.4
    - RFC 7519 section 4.1.5

    The leeway is added to the life of every stolen token.

    Note: RFC 7519 speaks of no more than a few minutes, which names no bound; ten minutes are taken for too much. A
    server that does not mind an hour either is RS-JWT-14 and RS-JWT-16, and this rule does not apply to it.

    Fix: Set the leeway to a minute or two, for `exp` and for `nbf`.

    Scenario Outline: Ten minutes off
      Given tools/list is accepted with a token that became valid an hour ago
      And tools/list is refused with <hour>
      When a client sends tools/list with <token>
      Then the token is refused

      Examples:
        | token                                     | hour                                  |
        | a token that expired ten minutes ago      | a token that has expired              |
        | a token that becomes valid in ten minutes | a token that becomes valid in an hour |

  @follows:RS-JWT-06
  @RS-JWT-23 @should-not:2025-03-26+
  Rule: An address in the header of a token is not visited

    - RFC 8725 section 3.10

    A server that goes where a token tells it lets attackers aim its requests, at its own network for instance, even when
    the token is refused afterwards.

    Note: A canary waits at the address. Whether the key there is trusted is RS-JWT-06.

    Fix: Ignore `jku` and `x5u`, and build no address from `kid`.

    Scenario Outline: With an address in the header
      Given tools/list is accepted with a valid token
      And a canary that notices whoever comes
      When a client sends tools/list with <token>, and the canary waits
      Then nobody came to the canary

      Examples:
        | token                                                               |
        | a token whose jku leads to a stranger's keys                        |
        | a token whose jku leads to a stranger's keys under the issuer's kid |
        | a token whose x5u leads to a stranger's certificate                 |
        | a token whose kid leads to a stranger's keys                        |

  @follows:RS-JWT-06
  @RS-JWT-24 @should-not:2025-03-26+ @derived
  Rule: An issuer that is not trusted is not visited

    - RFC 8725 section 3.10
    - RFC 8725 section 3.8

    A server that looks for the metadata of whatever issuer a token names lets attackers aim its requests. RFC 8725 says so
    of addresses in the header; an issuer is an address as well.

    Note: A canary waits at the address. Whether the keys there are trusted is RS-JWT-06.

    Fix: Compare `iss` with the configured issuers before anything is fetched.

    Scenario: With an issuer that the server does not trust
      Given tools/list is accepted with a valid token
      And a canary that notices whoever comes
      When a client sends tools/list with a token whose iss is a stranger's, and the canary waits
      Then nobody came to the canary

  @follows:RS-JWT-14,RS-JWT-15
  @RS-JWT-25 @should:2025-06-18+ @derived
  Rule: A token without an expiry is refused

    - RFC 7519 section 4.1.4
    - OAuth 2.1-13 section 5.2

    A token without `exp` is good forever, and so is one that was stolen.

    Note: RFC 7519 leaves the claim to the issuer, and RFC 9068 requires it of its own profile alone. That a server refuses
    a token without it follows from the duty to check that a token has not expired.

    Fix: Tell the library that `exp` must be there.

    Scenario: Without exp
      Given tools/list is accepted with a token signed anew with the issuer's key
      And tools/list is refused with a token that has expired
      When a client sends tools/list with a token without exp
      Then the token is refused

  @follows:RS-JWT-12,RS-TOKEN-09
  @RS-JWT-26 @must:2025-03-26+ @derived
  Rule: The issuer of a token is there, and is a string

    - RFC 7519 section 4.1.1
    - RFC 8725 section 3.8

    A reader who compares `iss` only where there is one, or looks for the issuer within it, can be brought to use a key
    of one issuer for another.

    Note: The token is signed with the issuer's key, and in the array is the issuer alone. RFC 7519 makes the claim
    optional and its value a string; RFC 8725 has it compared where it is there. An array with a stranger beside the
    issuer is RS-JWT-12.

    Fix: Require `iss`, and require it to be a string, before it is compared.

    Scenario Outline: With an issuer that cannot be compared
      Given tools/list is accepted with a token signed anew with the issuer's key
      And tools/list is refused with a token whose iss is longer by a letter
      When a client sends tools/list with <token>
      Then the token is refused

      Examples:
        | token                                |
        | a token without iss                  |
        | a token whose iss is an array of one |

  @follows:RS-CHALLENGE-10,RS-TOKEN-05
  @RS-JWT-27 @should:2025-03-26+ @derived
  Rule: Oddities of a token on which nothing hangs do not break the server

    - OAuth 2.1-13 section 5.3.2
    - RFC 7515 section 4

    A server that fails over a token that an issuer has signed fails for a user who has done nothing wrong, and an
    attacker who finds such a token can stop it.

    Note: The issuer has signed them all. They may be accepted or refused; an answer below 500 is all that is asked for.

    Fix: Catch the errors of the JWT library where the token is checked, and answer 401.

    Scenario Outline: With an oddity
      Given tools/list is accepted with a token signed anew with the issuer's key
      And an invalid token does not break the server at tools/list
      When a client sends tools/list with <token>
      Then the server does not break

      Examples:
        | token                                            |
        | a token with a byte order mark before its claims |
        | a token without kid                              |
        | a token whose cty is JWT                         |
        | a token whose zip is DEF                         |
        | a token whose b64 is false without crit          |
        | a token whose crit is empty                      |
        | a token whose crit names alg                     |
        | a token whose typ is a number                    |
        | a token whose exp is a fraction                  |
        | a token whose exp is a huge number               |
        | a token whose exp is a string of digits          |
        | a token whose iat is negative                    |
        | a token whose scope is an object                 |
