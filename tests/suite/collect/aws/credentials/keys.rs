//! Keys that stand somewhere, and that nothing is found.

use misfire::collect::CollectError;

use super::super::super::support::at;
use super::{CREDENTIALS, Home, KEYS, told};

#[test]
fn the_environment_comes_first_unless_a_profile_is_asked_for() {
    let home = Home::new("", CREDENTIALS);
    assert_eq!(home.from(&KEYS, None), "the environment");
    assert_eq!(home.from(&[], None), "the profile default");
    assert_eq!(home.from(&KEYS, Some("lab")), "the profile lab");
    assert_eq!(
        home.from(&[("AWS_PROFILE", "lab")], None),
        "the profile lab"
    );
    // As the command line does it.
    let both = [KEYS[0], KEYS[1], ("AWS_PROFILE", "lab")];
    assert_eq!(home.from(&both, None), "the environment");
}

#[test]
fn keys_may_stand_in_the_config_file() {
    let config = "[profile a]\naws_access_key_id = AKIAA\naws_secret_access_key = hidden\n";
    let home = Home::new(config, "");
    assert_eq!(home.from(&[], Some("a")), "the profile a");
}

#[test]
fn half_a_key_is_told() {
    let home = Home::new("", "[default]\naws_access_key_id = AKIADEFAULT\n");
    assert_eq!(
        told(home.find(&[], None)),
        "AWS is configured wrongly: the profile default has one half of an access key only"
    );
    assert_eq!(
        told(home.find(&KEYS[1..], None)),
        "AWS is configured wrongly: the environment has one half of an access key only"
    );
}

#[test]
fn nothing_found_tells_where_it_was_looked() {
    let home = Home::new("[profile empty]\nregion = eu-west-1\n", "");
    assert_eq!(
        told(home.find(&[], None)),
        "no credentials were found for a test; looked in the environment, the profile default, \
         the container, the instance metadata"
    );
    assert_eq!(
        told(home.find(&KEYS, Some("empty"))),
        "no credentials were found for a test; looked in the profile empty"
    );
}

#[test]
fn exported_credentials_that_have_expired_are_told() {
    let home = Home::new("", "");
    let expiring = |time| [KEYS[0], KEYS[1], ("AWS_CREDENTIAL_EXPIRATION", time)];
    assert_eq!(
        told(home.find(&expiring("2026-11-03T08:00:00Z"), None)),
        "the credentials for a test (the environment) have expired"
    );
    // So are those that would expire on the way.
    let error = home.find(&expiring("2026-11-03T08:20:30+00:00"), None);
    assert!(matches!(error, Err(CollectError::Expired { .. })));
    let found = home
        .find(&expiring("2026-11-03T09:00:00Z"), None)
        .expect("it");
    assert_eq!(found.expires, Some(at("2026-11-03T09:00:00Z")));
}
