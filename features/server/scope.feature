Feature: What a token may be used for

  The scopes of a token say which operations its bearer may have carried out. Which operations need which scopes is
  declared by the operator; it cannot be seen from outside.

  @RS-SCOPE-01 @must:2025-03-26+
  Rule: An operation is carried out only when the scopes of the token cover it

    - OAuth 2.1-13 section 5
    - OAuth 2.1-13 section 5.2

    The scopes are what the user agreed to. What goes beyond is done without anybody's consent.

    Note: A refusal proves little when the tool ran before it, so the effect is looked for.

    Fix: Keep a table of the scopes that each operation needs, for `tools/call` by tool, and compare it with `scope` of
    the token before the tool is called.

    Scenario: The effect of a refused call
      Given the scoped operation has an effect that can be read back
      And a tool whose effect can be read back
      When a client uses the scoped operation with only the base scopes, and its effect is looked for
      Then the tool had no effect

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
        | its scope behind a tab               |

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
  @RS-SCOPE-04 @should:2025-06-18+
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
  Rule: A list that varies with the caller is not public, and its pages are marked alike

    - MCP 2026-07-28 caching, Cache Scope Field

    A shared cache hands whatever is public to everybody, so that one user is shown the list of another. Pages that are
    marked differently are cached in part.

    Fix: Send `cacheScope` private on all pages of a list that depends on the token, and public only where everybody
    gets the same.

    Scenario: All pages with two tokens
      Given tools/list is accepted with a valid token
      When clients with all scopes and with only the base scopes walk the pages of tools/list
      Then cacheScope fits what the lists depend on
