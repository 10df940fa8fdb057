//! The binary Windows event log (`.evtx`).
