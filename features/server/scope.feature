Feature: What a token may be used for

  The scopes of a token say which operations its bearer may have carried out. Which operations need which scopes is
  declared by the operator; it cannot be seen from outside.

  @RS-SCOPE-01 @must:2025-03-26+
  Rule: An operation is carried out only when the scopes of the token cover it

    - OAuth 2.1-13 section 5
    - OAuth 2.1-13 section 5.2

    The scopes are what the user agreed to. What goes beyond is done without anybody's consent.

    Note: A refusal proves little when the tool ran before it, so the effect is looked for. Tokens without
    a usable claim are RS-SCOPE-11, and tokens without the scopes that every request needs RS-SCOPE-12. A tool is called by its name in other case, because a server may find it so and look for its scopes under the name
    that was sent.

    Fix: Keep a table of the scopes that each operation needs, for `tools/call` by tool, and compare it with `scope` of
    the token before the tool is called.

    Scenario: The effect of a refused call
      Given the scoped operation has an effect that can be read back
      And a tool whose effect can be read back
      When a client uses the scoped operation with only the base scopes, and its effect is looked for
      Then the tool had no effect

    Scenario: The tool by another spelling of its name
      Given a scoped operation that succeeds with its scopes
      When a client with only the base scopes calls the scoped operation by its name in other case
      Then the operation is not carried out

  @RS-SCOPE-02 @must:2025-03-26+
  Rule: Scopes are compared whole and with regard to case

    - OAuth 2.1-13 section 1.4.1
    - RFC 6749 section 3.3

    Where part of a name is enough, a harmless scope stands for a powerful one that begins alike.

    Note: All but one thing about the near misses is right: the token is valid and has the scopes that every request
    needs.

    Fix: Split `scope` at spaces, and look for each needed scope as a whole word, with regard to case: no prefix, no
    search within the text. On Cognito the identifier of the resource server is part of the name.

    Scenario Outline: A scope that nearly fits
      Given a scoped operation that succeeds with its scopes
      And the scoped operation is refused with only the base scopes
      When a client calls the scoped operation with <scopes>
      Then the token is refused

      Examples:
        | scopes                               |
        | its scope and a suffix               |
        | its scope without the last character |
        | its scope in other case              |
        | its scope inside a longer one        |

    Scenario Outline: A scope that fits
      Given a scoped operation that succeeds with its scopes
      When a client calls the scoped operation with <scopes>
      Then the request is accepted

      Examples:
        | scopes                      |
        | its scopes among others     |
        | its scopes in reverse order |

  @RS-SCOPE-03 @must:2026-07-28
  Rule: Where scopes imply others, the broader one suffices

    - MCP 2026-07-28 authorization, Step-Up Authorization Flow

    A user who granted the broad scope would have to log in again for something that it includes.

    Note: Only where the operator declares which scopes imply which.

    Fix: Before the scopes of the token are compared with those that the operation needs, add to them the ones that they
    imply.

    Scenario: The broader scope alone
      Given a declared scope hierarchy
      When a client with the broader scope alone calls an operation that needs the narrower one
      Then the request is accepted

  @follows:RS-TOKEN-01
  @RS-SCOPE-04 @should:2025-11-25+
  Rule: A token with fewer scopes works for the operations that it covers

    - MCP security best practices, Scope Minimization

    A server that demands every scope for everything makes users grant all of them at once, and whoever steals one token
    can do everything.

    Fix: Demand for each operation the scopes that this operation needs, and for all requests together no more than the
    base scopes.

    Scenario: The base scopes alone
      Given tools/call is accepted with a valid token
      When a client with only the base scopes calls the tool that needs no others
      Then the request is accepted

  @RS-SCOPE-05 @must-not:2026-07-28
  Rule: Lists do not depend on the connection or on earlier requests

    - MCP 2026-07-28 tools, Listing Tools

    Proxies and pools send requests of several users over one connection. A list that remembers shows one caller the
    tools of another.

    Note: They may depend on the token.

    Fix: Make the list from the configuration and from the token of this request, and from nothing that is kept between
    requests.

    Scenario: Two tokens in turn
      Given tools/list is accepted with a valid token
      When clients with all scopes, with only the base scopes, and with all scopes again list the tools
      Then each token is shown the same list every time

  @follows:RS-SCOPE-01,RS-CHALLENGE-15
  @RS-SCOPE-06 @must:2026-07-28
  Rule: A tool that is not listed for a caller is not carried out for it either

    - MCP 2026-07-28 caching, Security Considerations

    Hiding is no access control: whoever knows the name of a tool can call it.

    Note: Where the list shows the tool, the call is refused all the same.

    Fix: Check the scopes when a tool is called, by the same table that decides what is listed.

    Scenario: A direct call
      Given a scoped operation that succeeds with its scopes
      When a client with only the base scopes lists the tools, and calls the scoped operation whether it is there or not
      Then the operation is not carried out

  @RS-SCOPE-07 @must:2026-07-28
  Rule: All pages of a list carry the same cacheScope

    - MCP 2026-07-28 caching, Interaction with Pagination

    Pages that are marked differently are cached in part: a shared cache joins the first page of one caller to the second
    page of another.

    Fix: Choose `cacheScope` for the list, and send it on each page.

    Scenario: All pages with two tokens
      Given tools/list is accepted with a valid token
      When clients with all scopes and with only the base scopes walk the pages of tools/list
      Then all pages of a list have the same cacheScope

  @RS-SCOPE-08 @should:2026-07-28
  Rule: A list that varies with the caller is not marked public

    - MCP 2026-07-28 caching, Choosing a Cache Scope
    - MCP 2026-07-28 caching, Security Considerations

    A shared cache hands what is public to every caller, so that one user is shown the list of another.

    Fix: Send `cacheScope` private on a list that depends on the token, and public only where all callers get the same.

    Scenario: All pages with two tokens
      Given tools/list is accepted with a valid token
      When clients with all scopes and with only the base scopes walk the pages of tools/list
      Then no list that varies is marked public

  @follows:RS-SCOPE-01
  @RS-SCOPE-09 @must:2025-03-26+
  Rule: Scopes are those of the token, and none that the client writes beside it

    - OAuth 2.1-13 section 1.4.1
    - OAuth 2.1-13 section 5.2

    What a client writes can be made up. Header fields in which a gateway tells a server what it has verified come from
    every client where the gateway does not take them out.

    Note: The token has the base scopes; the scopes that are lacking are named beside it.

    Fix: Take the scopes from the verified token, or from the answer of introspection, and from nothing else. Behind a
    gateway that tells scopes in header fields, take these fields from the gateway alone.

    Scenario Outline: The lacking scopes beside the token
      Given a scoped operation that succeeds with its scopes
      And the scoped operation is refused with only the base scopes
      When a client with only the base scopes names the others in <place>
      Then the operation is not carried out

      Examples:
        | place         |
        | the arguments |
        | _meta         |
        | header fields |
        | the query     |

  @follows:RS-SCOPE-01
  @RS-SCOPE-11 @must:2025-03-26+
  Rule: A token whose scope claim is missing or no text grants nothing

    - OAuth 2.1-13 section 5.2
    - RFC 9068 section 2.2.3

    A check that looks for the claim only where it is there, or asks whether it is true, lets everything through for a
    token that says nothing.

    Note: Only the issuer could send such a token, so the harness signs it as the issuer.

    Fix: Read `scope` as a text, take a missing one and one of another type for a text without any word, and look for
    each scope that the operation needs among its words.

    Scenario Outline: A token that grants nothing
      Given a scoped operation that succeeds with its scopes
      When a client calls the scoped operation with <token>
      Then the operation is not carried out

      Examples:
        | token                                  |
        | a token without scope                  |
        | a token whose scope is an empty string |
        | a token whose scope is null            |
        | a token whose scope is true            |
        | a token whose scope is an object       |

  @follows:RS-SCOPE-01
  @RS-SCOPE-12 @must:2025-03-26+
  Rule: The scopes that every request needs are needed by every request

    - OAuth 2.1-13 section 5.2

    Scopes that are looked for in some operations only let a token in that was issued for something else.

    Note: It applies where the operator declares such scopes.

    Fix: Look for the scopes that every request needs in one place, before anything is dispatched.

    Scenario: Without the scopes that every request needs
      Given declared base scopes
      And tools/list is accepted with a valid token
      When a client lists the tools with none of the base scopes
      Then the operation is not carried out
