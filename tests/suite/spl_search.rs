//! Splunk searches over logs.
