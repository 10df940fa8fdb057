//! Collecting records from services: all against servers on loopback.

mod aws;
mod errors;
mod gathered;
mod http;
pub mod support;
mod tls;
