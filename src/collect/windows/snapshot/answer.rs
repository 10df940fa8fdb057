//! What PowerShell's answers say.

use std::net::{IpAddr, SocketAddr};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{HostSnapshot, Sort, WindowsProcess};

/// Why an answer cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// It is no JSON array of such things; one that was cut off is none either.
    #[error("it is not what was asked for: {0}")]
    Shape(String),
    /// It says nothing.
    #[error("it is empty")]
    Empty,
    /// An address is none.
    #[error("`{0}` is no address")]
    Address(String),
}

/// Members that may be null are null for what the user may not read.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Service {
    name: String,
    path_name: Option<String>,
    start_mode: Option<String>,
    start_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Task {
    path: String,
    name: String,
    state: i64,
    does: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RunValue {
    key: String,
    name: String,
    value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Port {
    local_address: String,
    local_port: u16,
    owning_process: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Process {
    process_id: u32,
    parent_process_id: u32,
    name: String,
    command_line: String,
    created: String,
}

/// The state of a task that does not run by itself.
const DISABLED: i64 = 1;

/// Takes what an answer says into a snapshot.
///
/// # Errors
/// It cannot be read.
pub fn parse(sort: Sort, output: &[u8], into: &mut HostSnapshot) -> Result<(), Unread> {
    match sort {
        Sort::Service => {
            for service in things::<Service>(output)? {
                // Whether it runs changes by itself.
                let does = [service.path_name, service.start_mode, service.start_name]
                    .map(|part| part.unwrap_or_else(|| "-".to_owned()))
                    .join(", ");
                into.lasting.insert((sort, service.name), does);
            }
        }
        Sort::Task => {
            for task in things::<Task>(output)? {
                let state = match task.state == DISABLED {
                    true => " (disabled)",
                    false => "",
                };
                let name = format!("{}{}", task.path, task.name);
                into.lasting
                    .insert((sort, name), format!("{}{state}", task.does));
            }
        }
        Sort::RunKey => {
            for value in things::<RunValue>(output)? {
                let name = format!("{}\\{}", value.key, value.name);
                into.lasting.insert((sort, name), value.value);
            }
        }
        Sort::Port => {
            for port in things::<Port>(output)? {
                // One of a link is told with its zone: `fe80::1%4`.
                let (address, _) = port
                    .local_address
                    .split_once('%')
                    .unwrap_or((&port.local_address, ""));
                let address: IpAddr = address
                    .parse()
                    .map_err(|_| Unread::Address(port.local_address.clone()))?;
                into.ports.insert(
                    SocketAddr::new(address, port.local_port),
                    port.owning_process,
                );
            }
        }
        Sort::Process => {
            let processes = things::<Process>(output)?.into_iter();
            into.processes
                .extend(processes.map(|process| WindowsProcess {
                    id: process.process_id,
                    parent: process.parent_process_id,
                    started: process.created,
                    command_line: match process.command_line.is_empty() {
                        true => process.name,
                        false => process.command_line,
                    },
                }));
        }
    }
    Ok(())
}

fn things<T: DeserializeOwned>(output: &[u8]) -> Result<Vec<T>, Unread> {
    // Some consoles put a byte order mark before it.
    let output = output.strip_prefix(b"\xef\xbb\xbf").unwrap_or(output);
    if output.trim_ascii().is_empty() {
        return Err(Unread::Empty);
    }
    serde_json::from_slice(output).map_err(|error| Unread::Shape(error.to_string()))
}
