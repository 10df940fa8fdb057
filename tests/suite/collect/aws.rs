//! Amazon Web Services, as far as it can be played on loopback.

mod canaries;
mod credentials;
mod log_files;
mod log_group;
mod lookup_events;
mod moto;
mod places;
mod sessions;
mod signature;
mod support;
