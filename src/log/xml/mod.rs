//! An event as XML: the tree that every XML form of a Windows event is read
//! into, and that the EVTX writer writes from.
//!
//! Two trees are equal as *infosets* when their element names, attributes and
//! text agree in order: [`difference`] tells where they do not. A typed value
//! counts as the text that it renders to, an absent value as an empty one, and
//! an attribute with an empty value as no attribute, because binary event logs
//! do not tell these apart.

mod compare;
mod guid;
mod leaf;
mod parse;
mod sid;
mod time;
mod tree;
mod write;

pub use compare::{Difference, difference};
pub use guid::Guid;
pub use leaf::Leaf;
pub use parse::{MAX_ATTRIBUTES, MAX_BYTES, MAX_DEPTH, MAX_NODES, ParseError, Whitespace, parse};
pub use sid::Sid;
pub use time::{FileTime, SystemTime};
pub use tree::{Element, Node};
pub use write::{shown, to_xml};
