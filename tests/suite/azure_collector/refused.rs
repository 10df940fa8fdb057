//! What is no answer.

use misfire::collect::CollectError;
use misfire::collect::azure::{NotASubscription, SubscriptionId};
use rstest::rstest;
use wiremock::ResponseTemplate;

use super::support::{
    Dated, FastClock, NOW, always, collect, collector, fail, json, listed, listing, page,
};
use crate::collect::support::Served;

#[rstest]
#[case(
    403,
    "{\"error\": {\"code\": \"AuthorizationFailed\", \"message\": \"The client may not.\\nSecond.\"}}",
    "denied the request: AuthorizationFailed: The client may not"
)]
#[case(
    404,
    "{\"error\": {\"code\": \"SubscriptionNotFound\", \"message\": \"Not here.\"}}",
    "refused the request: SubscriptionNotFound: Not here"
)]
#[case(
    400,
    "{\"code\": \"BadRequest\", \"message\": \"Query parameter '$filter' is odd.\"}",
    "refused the request: BadRequest: Query parameter '$filter' is odd"
)]
#[case(
    418,
    "<p>teapot</p>",
    "refused the request: status 418, application/json, 13 bytes"
)]
#[case(204, "", "cannot be read: status 204")]
fn refusals_say_what_azure_says(#[case] status: u16, #[case] body: &str, #[case] says: &str) {
    let clock = FastClock::at(NOW);
    let served = Served::new();
    served.mount(listing().respond_with(Dated::new(clock.clone(), vec![json(status, body)])));
    let error = fail(&collector(&served.url(), clock));
    assert!(error.to_string().contains(says), "{error}");
    assert_eq!(served.requests().len(), 1, "it is final");
}

#[rstest]
#[case("")]
#[case("[]")]
#[case("{}")]
#[case("{\"value\": 5}")]
#[case("{\"value\": [{]}")]
#[case("{\"value\": []} rest")]
#[case("<html>Sign in</html>")]
fn what_is_no_page_is_told(#[case] body: &str) {
    let clock = FastClock::at(NOW);
    let served = Served::new();
    served.mount(listing().respond_with(always(&clock, body)));
    let error = fail(&collector(&served.url(), clock));
    assert!(matches!(error, CollectError::Malformed { .. }), "{error}");
    assert!(
        error.to_string().contains("not the JSON of a list"),
        "{error}"
    );
}

#[test]
fn a_redirection_is_not_followed() {
    let clock = FastClock::at(NOW);
    let (served, other) = (Served::new(), Served::new());
    let answer = ResponseTemplate::new(302).insert_header("location", other.url().as_str());
    served.mount(listing().respond_with(Dated::new(clock.clone(), vec![answer])));
    let error = fail(&collector(&served.url(), clock));
    assert!(error.to_string().contains("sends elsewhere"), "{error}");
    assert!(other.requests().is_empty());
}

#[test]
fn a_record_that_is_none_is_left_out_and_told() {
    for odd in ["7", "null", "\"text\"", "[1]"] {
        let clock = FastClock::at(NOW);
        let served = Served::new();
        let records = [listed(1, "2026-03-01T12:01:00Z"), odd.to_owned()];
        served.mount(listing().respond_with(always(&clock, page(&records, None))));
        let collected = collect(&collector(&served.url(), clock)).expect("a collection");
        assert_eq!(collected.records(), 1, "{odd}");
        assert!(
            collected.because.contains("read only in part"),
            "{}",
            collected.because
        );
    }
}

#[test]
fn what_the_service_says_is_cut_to_a_line() {
    let clock = FastClock::at(NOW);
    let served = Served::new();
    let body = format!(
        "{{\"error\": {{\"code\": \"X\", \"message\": \"\\u001b[31m{}\"}}}}",
        "long ".repeat(1000)
    );
    served.mount(listing().respond_with(Dated::new(clock.clone(), vec![json(403, body)])));
    let told = fail(&collector(&served.url(), clock)).to_string();
    assert!(told.len() < 450 && !told.contains('\x1b'), "{told}");
}

#[test]
fn only_a_guid_names_a_subscription() {
    for text in ["", "x", "../../etc", "0b1f6471-1bf0-4dda-aec3-cb9272f0959"] {
        assert!(
            matches!(SubscriptionId::new(text), Err(NotASubscription(..))),
            "{text}"
        );
    }
    let upper = SubscriptionId::new(" 0B1F6471-1BF0-4DDA-AEC3-CB9272F09590 ").expect("an id");
    assert_eq!(upper.to_string(), super::support::SUBSCRIPTION);
}
