//! SPL is read as Splunk reads it, printed so that it reads back, and refused
//! with the place and the cause.

mod broken;
mod commands;
mod corpus;
mod expressions;
mod hostile;
mod macros;
mod properties;
mod searches;
mod trees;
