//! Where access tokens come from: the authorization servers that the bench can put beside a subject.

pub mod cognito;
