//! Models of programs: one small YAML file each, which stands in `models/` under the
//! program's name in lower case.
//!
//! A model says where the program is, what its file holds, how its options are written,
//! and what it does in which case; the first case that fits holds. A case without
//! `does` leaves nothing but the process. Where no case fits, the program only starts.
//!
//! Texts of a model have placeholders: `{image}`, `{folder}`, `{directory}`,
//! `{arguments}`, `{rest}` (what follows the program in its command line, blanks
//! included), `{word.1}` and `{last-word}` (what is no option), `{from.1}` (all from that
//! word on), `{option.f}`, `{env.TEMP}`, `{host.name}`, `{user.name}`, `{random.hex8}`,
//! `{random.alnum8}`, and `{random.guid}`. `{word.2:path}` is a full path; `:name`,
//! `:folder`, `:url-name`, `:host`, `:after-at`, and `:lower` are other forms, and
//! `{a|b|'text'}` is the first that stands for something. An action with a placeholder
//! that stands for nothing is left out.

mod arguments;
mod load;
mod schema;

pub use arguments::Arguments;
pub use arguments::fits;
pub use load::{ModelError, Models};
pub use schema::{Action, Case, Child, Model, Style, Subsystem, When, Whole, windows_metadata};
