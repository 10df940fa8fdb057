//! The source catalogue's data is well formed and complete: every event of
//! the shared recordings, every Windows log source of Sigma's taxonomy, every
//! log source and field of the shared rules.

#[path = "support/corpora.rs"]
mod corpora;

mod catalogue {
    mod data;
    mod log_sources;
    mod recordings;
    mod views;
}
