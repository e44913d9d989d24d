//! The permissions the harness needs, and no more.

/// An IAM policy document that allows exactly the calls made here, on pools that carry the harness's tag.
///
/// That the tag conditions hold for every one of these actions is taken from documentation, not from a run on AWS.
pub fn minimal_iam_policy() -> &'static str {
    include_str!("../../../fixtures/iam-policy.json")
}
