//! Files from the network.

use std::sync::Arc;

use crate::activity::Process;
use crate::stage::simulate::program::likely_file;
use crate::stage::simulate::world::{Content, World};

/// A process fetches an address and writes what it gets to a file; says whether
/// anything answered. A dead name is asked for, and leaves no file.
pub fn download(world: &mut World, process: &Arc<Process>, url: &str, path: &str) -> bool {
    let came = if url.contains("://") || !url.contains('\\') {
        world.fetch(process, url)
    } else {
        true
    };
    if came {
        // What is fetched under a program's own name is that program.
        let program = likely_file(url.split(['?', '#']).next().unwrap_or(url));
        let content = program.map_or(Content::Unknown, Content::Program);
        world.write_file(process, path, content);
    }
    came
}

/// The host of a web address or share, without its port.
pub fn host_of(text: &str) -> Option<String> {
    let rest = match text.split_once("://") {
        Some((_, rest)) => rest,
        None => text.strip_prefix(r"\\").unwrap_or(text),
    };
    let host = rest.split(['/', '\\', '?', '#', ':', '@']).next()?;
    (!host.is_empty()).then(|| host.to_owned())
}
