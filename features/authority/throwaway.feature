Feature: What a run creates, it removes

  @BENCH-TEARDOWN-01 @must:2025-03-26+
  Rule: A throwaway user pool leaves nothing behind

    - Amazon Cognito API: DeleteUserPoolDomain, DeleteUserPool, DescribeUserPool, ListUserPools

    A live run promises to leave an account as it found it. The account is believed only when it no longer lists what
    was created; that a deletion was answered with success proves nothing.

    Scenario: Provisioning and teardown
      When a throwaway user pool is provisioned and torn down
      Then nothing of it is left
