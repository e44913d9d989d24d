//! Somebody else who works in the same account and region.

use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::config::{BehaviorVersion, Credentials, Region};
use url::Url;

/// The API as somebody else would call it.
pub(crate) fn stranger(endpoint: &Url) -> Client {
    let config = aws_sdk_cognitoidentityprovider::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(endpoint.as_str())
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .build();
    Client::from_conf(config)
}

/// Makes a pool as somebody else would, and gives its id.
pub(crate) async fn foreign_pool(endpoint: &Url, name: &str, tags: &[(&str, &str)]) -> String {
    let request = stranger(endpoint).create_user_pool().pool_name(name);
    let request = tags.iter().fold(request, |request, (key, value)| request.user_pool_tags(*key, *value));
    request.send().await.unwrap().user_pool.unwrap().id.unwrap()
}
