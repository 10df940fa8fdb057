//! Collecting the Azure activity log: all against servers on loopback.

mod closing;
mod exported;
mod joined;
mod listing;
mod refused;
mod support;
mod tokens;
