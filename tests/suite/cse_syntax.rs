//! Cloud SIEM rule expressions are read as the vendor documents them, printed
//! so that they read back, and refused with the place and the cause.
//!
//! Comments name the page, and its section, that a case is after.

mod broken;
mod expressions;
mod functions;
mod hostile;
mod patterns;
mod pipes;
mod properties;
mod rules;
mod trees;
