//! Every verdict, every outcome of a control, and every state of a signal, through
//! the program, and that the neighbour is not given.

mod controls;
mod detections;
mod known_gaps;
mod lies;
mod profiles;
mod proofs;
mod reasons;
mod signals;
