//! The EVTX writer, judged by what independent readers make of its files.

mod cases;
mod copy;
mod corpora;
mod layout;
mod property;
mod readers;
mod seeds;
mod support;
mod xml;
