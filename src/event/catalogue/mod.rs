//! The source catalogue: which products log what, where, with which fields.

mod wire_type;

pub use wire_type::WireType;
