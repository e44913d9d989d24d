//! An authorization server that behaves like an Amazon Cognito user pool: API, hosted login and tokens, in memory.
