Feature: What a token may be used for

  The scopes of a token say which operations its bearer may have carried out. Which operations need which scopes is
  declared by the operator; it cannot be seen from outside.

  @RS-SCOPE-01 @must:2025-03-26+
  Rule: An operation is carried out only when the scopes of the token cover it

    - OAuth 2.1-13 section 5
    - OAuth 2.1-13 section 5.2

    A refusal proves little when the tool ran before it, so the effect is looked for.

    Scenario: The effect of a refused call
      Given the scoped operation has an effect that can be read back
      And a tool whose effect can be read back
      When a client uses the scoped operation with only the base scopes, and its effect is looked for
      Then the tool had no effect

  @RS-SCOPE-02 @must:2025-03-26+
  Rule: Scopes are compared whole and with regard to case

    - OAuth 2.1-13 section 1.4.1
    - RFC 6749 section 3.3

    All but one thing about the near misses is right: the token is valid and has the scopes that every request needs.

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

    Only where the operator declares which scopes imply which.

    Scenario: The broader scope alone
      Given a declared scope hierarchy
      When a client with the broader scope alone calls an operation that needs the narrower one
      Then the request is accepted

  @RS-SCOPE-04 @should:2025-06-18+
  Rule: A token with fewer scopes works for the operations that it covers

    - MCP security best practices, Scope Minimization

    Scenario: The base scopes alone
      Given tools/call is accepted with a valid token
      When a client with only the base scopes calls the tool that needs no others
      Then the request is accepted

  @RS-SCOPE-05 @must-not:2026-07-28
  Rule: Lists do not depend on the connection or on earlier requests

    - MCP 2026-07-28 tools, Listing Tools

    They may depend on the token.

    Scenario: Two tokens in turn
      Given tools/list is accepted with a valid token
      When clients with all scopes, with only the base scopes, and with all scopes again list the tools
      Then each token is shown the same list every time

  @RS-SCOPE-06 @must:2026-07-28
  Rule: A tool that is not listed for a caller is not carried out for it either

    - MCP 2026-07-28 caching, Security Considerations

    Hiding is no access control. Where the list shows the tool, the call is refused all the same.

    Scenario: A direct call
      Given a scoped operation that succeeds with its scopes
      When a client with only the base scopes lists the tools, and calls the scoped operation whether it is there or not
      Then the operation is not carried out

  @RS-SCOPE-07 @must:2026-07-28
  Rule: A list that varies with the caller is not public, and its pages are marked alike

    - MCP 2026-07-28 caching, Cache Scope Field

    Scenario: All pages with two tokens
      Given tools/list is accepted with a valid token
      When clients with all scopes and with only the base scopes walk the pages of tools/list
      Then cacheScope fits what the lists depend on
