//! What is to be proven is never green when something of it is removed, emptied, or
//! damaged.

mod bundled;
mod damage;
mod suite;
