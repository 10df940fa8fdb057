//! A recording and how it came to be.

mod evidence;
mod execution;
mod host;
mod interrupt;
mod outcome;
mod places;
mod window;

pub use evidence::Evidence;
pub use execution::{ExecutedCommand, ExecutedStep, Execution};
pub use host::Host;
pub use interrupt::Interrupt;
pub use outcome::{NotRun, Outcome};
pub use places::{ActivityPlace, LogGroupPlace, NoPlace, RecordPlaces, TrailPlace, is_bucket};
pub use window::{Closure, Window};
