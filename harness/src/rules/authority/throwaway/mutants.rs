//! How an account can keep what it was told to remove.

use crate::rules::authority::mutants::*;

fn deletes_pool(request: &Request) -> bool {
    let target = request.headers.get("x-amz-target").map(http::HeaderValue::as_bytes);
    target.is_some_and(|target| target.ends_with(b".DeleteUserPool"))
}

pub(crate) const MUTANTS: &[Mutant] = &[mutant(
    "says that a pool is deleted and keeps it",
    &["BENCH-TEARDOWN-01"],
    &[],
    &[Act::Mishear(
        deletes_pool,
        Change::SetHeader("x-amz-target", "AWSCognitoIdentityProviderService.DescribeUserPool"),
    )],
)];
