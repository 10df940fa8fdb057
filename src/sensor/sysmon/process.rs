//! Processes and the libraries that they load.

use jiff::Timestamp;

use super::{Sysmon, guids, hashes::FileKind};
use crate::activity::{Integrity, Process, ProgramFile};
use crate::sensor::record::{Data, hexadecimal};

/// The fields of event 1.
pub(super) fn started(sysmon: &Sysmon, process: &Process, logon: &str, time: Timestamp) -> Data {
    let data = sysmon.begin(process, time).with_image(process).0;
    let data = metadata(data, &process.program)
        .text("CommandLine", &process.command_line)
        .text("CurrentDirectory", &process.directory)
        .text("User", process.account.qualified())
        .text("LogonGuid", logon)
        .text("LogonId", hexadecimal(process.logon.id))
        .number("TerminalSessionId", process.logon.terminal)
        .text("IntegrityLevel", integrity(process.integrity))
        .text(
            "Hashes",
            sysmon.hashes(&process.program.content, FileKind::Program),
        );
    match process.parent.as_deref() {
        Some(parent) => data
            .text("ParentProcessGuid", guids::of_process(&sysmon.host, parent))
            .number("ParentProcessId", parent.id)
            .text("ParentImage", &parent.image)
            .text("ParentCommandLine", &parent.command_line)
            .text("ParentUser", parent.account.qualified()),
        None => data
            .text("ParentProcessGuid", guids::NONE)
            .number("ParentProcessId", 0)
            .text("ParentImage", "-")
            .text("ParentCommandLine", "-")
            .text("ParentUser", "-"),
    }
}

/// The fields of event 7.
pub(super) fn image_loaded(
    sysmon: &Sysmon,
    process: &Process,
    path: &str,
    program: &ProgramFile,
    time: Timestamp,
) -> Data {
    let data = sysmon.begin(process, time).with_image(process).0;
    let (signed, status) = match program.signer {
        Some(_) => ("true", "Valid"),
        None => ("false", "Unavailable"),
    };
    metadata(data.text("ImageLoaded", path), program)
        .text("Hashes", sysmon.hashes(&program.content, FileKind::Program))
        .text("Signed", signed)
        .or_dash("Signature", program.signer.as_deref())
        .text("SignatureStatus", status)
        .text("User", process.account.qualified())
}

/// What the file's maker wrote into it; a dash for what is missing.
fn metadata(data: Data, program: &ProgramFile) -> Data {
    let known = program.metadata.as_ref();
    data.or_dash("FileVersion", known.and_then(|m| m.file_version.as_deref()))
        .or_dash("Description", known.and_then(|m| m.description.as_deref()))
        .or_dash("Product", known.and_then(|m| m.product.as_deref()))
        .or_dash("Company", known.and_then(|m| m.company.as_deref()))
        .or_dash(
            "OriginalFileName",
            known.and_then(|m| m.original_file_name.as_deref()),
        )
}

fn integrity(level: Integrity) -> &'static str {
    match level {
        Integrity::Low => "Low",
        Integrity::Medium => "Medium",
        Integrity::High => "High",
        Integrity::System => "System",
    }
}
