//! When a window is closed, and what is said until then.

mod cloudtrail;
mod driving;
mod proof;
mod several;
mod skew;
mod words;
mod world;
