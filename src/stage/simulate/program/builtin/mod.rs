//! What programs do that takes more than a table: models name these as `carry-out`.

mod clouds;
mod copying;
mod csharp;
mod elevated;
mod network_accounts;
mod network_tools;
mod psexec;
mod registry;
mod rundll;
mod script;
mod search;
mod services;
mod shells;
mod task_xml;
mod tasks;
mod transfer;
mod wmi;

pub use csharp::COMPILED;
pub use registry::{data as registry_data, import as import_registry};
pub use services::{install as install_service, start as start_service};
pub use task_xml::Trigger;
pub use tasks::{NewTask, delete as delete_task, register as register_task, run as run_task};
pub use transfer::{download, host_of};
pub use wmi::start as start_by_wmi;

use super::carry_out::Running;
use crate::stage::simulate::world::{Exhausted, Finished, World};

type Builtin = fn(&mut World, &Running<'_>) -> Result<Option<Finished>, Exhausted>;

/// The built-in actions by the names that models use.
const BUILTINS: &[(&str, Builtin)] = &[
    ("cmd", shells::cmd),
    ("powershell", shells::powershell),
    ("pwsh", shells::pwsh),
    ("reg-add", registry::add),
    ("reg-delete", registry::delete),
    ("reg-import", registry::import_file),
    ("reg-query", registry::query),
    ("rundll32", rundll::rundll32),
    ("inline-script", script::inline),
    ("not-interpreted", script::not_interpreted),
    ("schtasks-create", tasks::create),
    ("schtasks-delete", tasks::remove),
    ("schtasks-run", tasks::start),
    ("sc-create", services::create),
    ("sc-config", services::config),
    ("sc-start", services::start_named),
    ("sc-delete", services::delete),
    ("user-add", network_accounts::add),
    ("wmic-create", wmi::wmic_create),
    ("curl", network_tools::curl),
    ("ssh", network_tools::ssh),
    ("bits-transfer", network_tools::bits),
    ("msi-fetch", network_tools::msi_fetch),
    ("msi-service", network_tools::msi_service),
    ("only-started", network_tools::only_started),
    ("copy-files", copying::files),
    ("copy-folder", copying::folder),
    ("tar", copying::tar),
    ("find", search::find),
    ("findstr", search::findstr),
    ("csharp", csharp::compile),
    ("open-settings", elevated::settings),
    ("open-store", elevated::store),
    ("open-event-viewer", elevated::event_viewer),
    ("psexec", psexec::psexec),
    ("anydesk-service", services::anydesk),
    ("tightvnc-service", services::tightvnc),
    ("aws", clouds::aws),
    ("az", clouds::az),
];

/// Whether there is a built-in action of that name.
pub fn is_known(name: &str) -> bool {
    BUILTINS.iter().any(|(known, _)| *known == name)
}

/// Carries out a built-in action.
pub fn carry_out(
    world: &mut World,
    running: &Running<'_>,
    name: &str,
) -> Result<Option<Finished>, Exhausted> {
    match BUILTINS.iter().find(|(known, _)| *known == name) {
        Some((_, work)) => work(world, running),
        None => Ok(None),
    }
}

/// A text as it is shown within a sentence: its beginning, on one line.
pub fn shown(text: &str) -> String {
    text.chars()
        .take(80)
        .map(|sign| if sign.is_control() { ' ' } else { sign })
        .collect()
}
