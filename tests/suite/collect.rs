//! Collecting records from services: all against servers on loopback.

mod aws;
mod errors;
mod gathered;
mod http;
mod joined;
mod record_places;
pub mod support;
mod tls;
