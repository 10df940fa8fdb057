//! Signed requests.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::chain::Chain;
use super::credentials::Credentials;
use super::endpoint::{self, Service, is_region};
use super::environment::Environment;
use super::profiles::{Profiles, Section};
use super::refusal::{Kind, Refusal, judge};
use super::sign::sign;
use crate::collect::http::{Answer, Client, Limits, Outgoing, Retry};
use crate::collect::{Clock, CollectError};

/// From what difference on a clock counts as wrong. Signatures are accepted for five
/// minutes (IAM user guide, "Signature Version 4 request elements").
const SKEW: SignedDuration = SignedDuration::from_mins(4);

/// One identity on AWS: it finds credentials, signs requests, and renews credentials
/// that expire. Its clones are the same session.
#[derive(Debug, Clone)]
pub struct Session {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    environment: Environment,
    profiles: Profiles,
    /// The name of the profile, and who chose it.
    profile: (String, ChosenBy),
    client: Client,
    state: Mutex<State>,
}

/// Who chose a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ChosenBy {
    /// The caller: it comes before the environment's keys.
    Caller,
    /// The environment.
    Environment,
    /// Nobody: it is `default`, which need not exist.
    Nobody,
}

#[derive(Debug, Default)]
struct State {
    credentials: Option<Credentials>,
    /// Where the credentials came from, for the notes.
    from: Vec<String>,
    /// How far the services' clocks are ahead of this one.
    skew: SignedDuration,
}

/// A request that is to be signed.
#[derive(Debug, Clone)]
pub(super) struct Call<'a> {
    pub(super) service: Service,
    pub(super) region: &'a str,
    /// What is asked, in words.
    pub(super) name: &'a str,
    pub(super) outgoing: Outgoing,
}

/// Why a call did not do what it was to do.
#[derive(Debug)]
pub(super) struct Failed {
    /// The service's code; empty if there is none.
    pub(super) code: String,
    /// The region in which S3 says that a bucket is.
    pub(super) bucket_region: Option<String>,
    pub(super) error: CollectError,
}

impl From<CollectError> for Failed {
    fn from(error: CollectError) -> Self {
        Self {
            code: String::new(),
            bucket_region: None,
            error,
        }
    }
}

impl Session {
    /// A session with the credentials of `profile`, or those that the environment
    /// names. Nothing is asked yet.
    ///
    /// # Errors
    /// A configuration file cannot be read, or the profile does not exist.
    pub fn new(
        environment: Environment,
        profile: Option<&str>,
        client: Client,
    ) -> Result<Self, CollectError> {
        let profiles = Profiles::load(&environment)?;
        let named = environment
            .get("AWS_PROFILE")
            .or_else(|| environment.get("AWS_DEFAULT_PROFILE"));
        let (name, chosen_by) = match (profile, named) {
            (Some(name), _) => (name, ChosenBy::Caller),
            (None, Some(name)) => (name, ChosenBy::Environment),
            (None, None) => ("default", ChosenBy::Nobody),
        };
        if chosen_by != ChosenBy::Nobody && profiles.profile(name).is_none() {
            return Err(CollectError::Misconfigured {
                service: "AWS".to_owned(),
                because: format!("there is no profile `{name}`"),
            });
        }
        let name = name.to_owned();
        Ok(Self {
            shared: Arc::new(Shared {
                environment,
                profiles,
                profile: (name, chosen_by),
                client,
                state: Mutex::default(),
            }),
        })
    }

    /// The same, with a client that trusts the certificates of `AWS_CA_BUNDLE`, or of
    /// the profile's `ca_bundle`, besides those of the system.
    ///
    /// # Errors
    /// A configuration file or the certificates cannot be read, or the profile does not
    /// exist.
    pub fn with_certificates(
        environment: Environment,
        profile: Option<&str>,
        clock: Arc<dyn Clock>,
        limits: Limits,
        retry: Retry,
    ) -> Result<Self, CollectError> {
        let client = |roots| Client::with_roots(Arc::clone(&clock), limits, retry, roots);
        let session = Self::new(environment, profile, client(Vec::new()))?;
        let bundle = session
            .environment()
            .get("AWS_CA_BUNDLE")
            .or_else(|| session.settings()?.get("ca_bundle"))
            .map(|path| session.environment().path(path));
        let Some(path) = bundle else {
            return Ok(session);
        };
        let roots = std::fs::read(&path).map_err(|error| {
            misconfigured(format!("{} cannot be read: {error}", path.display()))
        })?;
        Self::new(session.environment().clone(), profile, client(roots))
    }

    /// What sends its requests.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.shared.client
    }

    pub(super) fn environment(&self) -> &Environment {
        &self.shared.environment
    }

    fn settings(&self) -> Option<&Section> {
        self.shared.profiles.profile(&self.shared.profile.0)
    }

    fn state<T>(&self, with: impl FnOnce(&mut State) -> T) -> T {
        // What is in it is whole at any time.
        let mut state = self
            .shared
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        with(&mut state)
    }

    /// The time by the services' clocks, as far as they differ from this machine's.
    pub(super) fn now(&self) -> Timestamp {
        let skew = self.state(|state| state.skew);
        let now = self.client().clock().now();
        now.checked_add(skew).unwrap_or(now)
    }

    /// The region that is configured: by `AWS_REGION`, `AWS_DEFAULT_REGION`, the
    /// profile, or where this machine runs.
    ///
    /// # Errors
    /// None is, or what is configured cannot be a region.
    pub async fn region(&self) -> Result<String, CollectError> {
        let configured = self
            .environment()
            .get("AWS_REGION")
            .or_else(|| self.environment().get("AWS_DEFAULT_REGION"))
            .or_else(|| self.settings()?.get("region"));
        let region = match configured {
            Some(region) => region.to_owned(),
            None => match self.chain().machine_region().await {
                Some(region) => region,
                None => return Err(misconfigured("no region is set".to_owned())),
            },
        };
        self.checked_region(region)
    }

    fn checked_region(&self, region: String) -> Result<String, CollectError> {
        if is_region(&region) {
            Ok(region)
        } else {
            Err(misconfigured(format!("`{region}` is no region")))
        }
    }

    /// The regions to ask: those given, or the one that is configured.
    pub(super) async fn regions(&self, given: &[String]) -> Result<Vec<String>, CollectError> {
        let mut regions = Vec::new();
        for region in given {
            let region = self.checked_region(region.clone())?;
            if !regions.contains(&region) {
                regions.push(region);
            }
        }
        if regions.is_empty() {
            regions.push(self.region().await?);
        }
        Ok(regions)
    }

    /// Where a service answers, without a slash at the end.
    #[must_use]
    pub fn endpoint(&self, service: Service, region: &str) -> String {
        self.configured_endpoint(service)
            .unwrap_or_else(|| endpoint::usual(service, region))
    }

    /// Whether a service is asked on this machine, so that something stands in for it.
    #[must_use]
    pub fn asks_this_machine(&self, service: Service, region: &str) -> bool {
        endpoint::is_of_this_machine(&self.endpoint(service, region))
    }

    pub(super) fn configured_endpoint(&self, service: Service) -> Option<String> {
        let shared = &*self.shared;
        endpoint::configured(
            service,
            &shared.environment,
            &shared.profiles,
            self.settings(),
        )
    }

    /// The credentials, from where they were found before, or found now.
    ///
    /// # Errors
    /// There are none, or they cannot be used.
    pub async fn credentials(&self, service: &str) -> Result<Credentials, CollectError> {
        let now = self.now();
        let known = self.state(|state| state.credentials.clone());
        if let Some(known) = known
            && !known.have_expired(now)
        {
            return Ok(known);
        }
        let found = self.chain().find(service).await?;
        if found.have_expired(now) {
            return Err(CollectError::Expired {
                service: service.to_owned(),
                from: found.from,
            });
        }
        self.state(|state| {
            let note = format!("signed with the credentials of {}", found.from);
            if !state.from.contains(&note) {
                state.from.push(note);
            }
            state.credentials = Some(found.clone());
        });
        Ok(found)
    }

    fn chain(&self) -> Chain<'_> {
        Chain {
            session: self,
            profiles: &self.shared.profiles,
            profile: &self.shared.profile.0,
            chosen_by: self.shared.profile.1,
        }
    }

    /// What is worth telling of how it went, a sentence each.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let (mut notes, skew) = self.state(|state| (state.from.clone(), state.skew));
        if !skew.is_zero() {
            notes.push(format!(
                "the clock of this machine differs by {} s from that of AWS, which was allowed for",
                skew.as_secs()
            ));
        }
        notes.extend(self.client().tally().notes());
        notes
    }

    /// Sends a signed request. Credentials that have expired are renewed once.
    pub(super) async fn call(&self, call: &Call<'_>) -> Result<Answer, Failed> {
        let credentials = self.credentials(call.name).await?;
        let failed = match self.call_as(&credentials, call).await {
            Err(failed) if matches!(failed.error, CollectError::Expired { .. }) => failed,
            done => return done,
        };
        self.state(|state| state.credentials = None);
        let renewed = self.credentials(call.name).await?;
        if renewed.key == credentials.key {
            return Err(failed);
        }
        self.call_as(&renewed, call).await
    }

    /// Sends a request that is signed with these credentials. A clock that is wrong is
    /// allowed for once.
    pub(super) async fn call_as(
        &self,
        credentials: &Credentials,
        call: &Call<'_>,
    ) -> Result<Answer, Failed> {
        let mut moved = false;
        loop {
            let build = |_| {
                let outgoing = call.outgoing.clone();
                sign(outgoing, credentials, call.service, call.region, self.now())
                    .map_err(misconfigured)
            };
            let answer = self.client().send(call.name, build, judge).await?;
            if answer.is_success() {
                return Ok(answer);
            }
            let refusal = Refusal::of(&answer);
            let kind = refusal.kind(answer.status);
            let difference = match kind {
                Kind::Time => self.difference(&answer),
                _ => None,
            };
            match (kind, difference) {
                (Kind::Time, Some(difference)) if !moved => {
                    moved = true;
                    self.state(|state| state.skew = difference);
                }
                (Kind::Time, Some(difference)) => {
                    return Err(Failed {
                        code: refusal.code,
                        bucket_region: None,
                        error: CollectError::ClockSkew {
                            service: call.name.to_owned(),
                            seconds: difference.as_secs(),
                        },
                    });
                }
                (Kind::Expired, _) => {
                    return Err(Failed {
                        code: refusal.code,
                        bucket_region: None,
                        error: CollectError::Expired {
                            service: call.name.to_owned(),
                            from: credentials.from.clone(),
                        },
                    });
                }
                _ => return Err(failed(call.name, &answer, refusal, kind)),
            }
        }
    }

    /// How far the service's clock is ahead of this machine's, if the time that the
    /// request was signed for was wrong, or if it was moved and is refused all the same.
    fn difference(&self, answer: &Answer) -> Option<SignedDuration> {
        let theirs = answer.date()?;
        let skew = self.state(|state| state.skew);
        let wrong = theirs.duration_since(self.now()).abs() > SKEW;
        let refused_again = !skew.is_zero();
        (wrong || refused_again).then(|| theirs.duration_since(self.client().clock().now()))
    }

    /// Sends a request that is not signed, for credentials.
    pub(super) async fn ask_unsigned(
        &self,
        name: &str,
        outgoing: &Outgoing,
    ) -> Result<Answer, Failed> {
        let build = |_| Ok(outgoing.clone());
        let answer = self.client().send(name, build, judge).await?;
        if answer.is_success() {
            return Ok(answer);
        }
        let refusal = Refusal::of(&answer);
        let kind = refusal.kind(answer.status);
        Err(failed(name, &answer, refusal, kind))
    }
}

pub(super) fn misconfigured(because: String) -> CollectError {
    CollectError::Misconfigured {
        service: "AWS".to_owned(),
        because,
    }
}

fn failed(name: &str, answer: &Answer, refusal: Refusal, kind: Kind) -> Failed {
    let service = name.to_owned();
    let because = refusal.in_words();
    let error = match kind {
        Kind::Unknown | Kind::Denied | Kind::Time => CollectError::Denied { service, because },
        Kind::Expired | Kind::Other => CollectError::Refused { service, because },
    };
    Failed {
        code: refusal.code,
        bucket_region: answer.header("x-amz-bucket-region").map(str::to_owned),
        error,
    }
}
