//! Where the fields of other tools' Windows events belong.
//!
//! Sources: Elastic's "Winlogbeat fields" reference (versions 6 and 8), NXLog's
//! `im_msvistalog` field list, Microsoft's `EventLogRecord` class, and the
//! Windows "SystemPropertiesType" schema for the names that they are turned
//! into.

use crate::event::catalogue::Catalogue;
use crate::event::{BatchBuilder, Section};
use crate::log::flatten::{Form, Target};

fn system(name: &str) -> Option<Target<'_>> {
    in_form(Section::System, name, Form::Same)
}

fn integer(name: &str) -> Option<Target<'_>> {
    in_form(Section::System, name, Form::Integer)
}

fn rendering(name: &str) -> Option<Target<'_>> {
    in_form(Section::RenderingInfo, name, Form::Same)
}

fn in_form(section: Section, name: &str, form: Form) -> Option<Target<'_>> {
    Some(Target {
        section,
        name,
        form,
    })
}

/// Winlogbeat 7 and 8 (`winlog.…`), 6 (`event_data` at the top), and either of
/// them below `_source` as a search answers.
pub(super) fn winlogbeat<'p>(path: &'p str, _: Option<&str>) -> Option<Target<'p>> {
    let path = path.strip_prefix("_source.").unwrap_or(path);
    match path {
        "@timestamp" => return in_form(Section::System, "TimeCreated_SystemTime", Form::Time),
        "message" => return rendering("Message"),
        "log.level" => return rendering("Level"),
        _ => {}
    }
    let (path, is_old) = match path.strip_prefix("winlog.") {
        Some(path) => (path, false),
        None => (path, true),
    };
    if let Some(name) = path.strip_prefix("event_data.") {
        return in_form(Section::EventData, name, Form::Same);
    }
    if let Some(name) = path.strip_prefix("user_data.") {
        // The name of the element that holds the data; no field elsewhere.
        if name == "xml_name" {
            return None;
        }
        return in_form(Section::UserData, name, Form::Same);
    }
    match path {
        "event_id" => integer("EventID"),
        "computer_name" => system("Computer"),
        "provider_guid" => system("Provider_Guid"),
        "activity_id" => system("Correlation_ActivityID"),
        "related_activity_id" => system("Correlation_RelatedActivityID"),
        "version" => integer("Version"),
        "task" => rendering("Task"),
        "opcode" => rendering("Opcode"),
        "keywords" => rendering("Keywords"),
        "user.identifier" => system("Security_UserID"),
        "channel" if !is_old => system("Channel"),
        "provider_name" if !is_old => system("Provider_Name"),
        "record_id" if !is_old => integer("EventRecordID"),
        "process.pid" if !is_old => integer("Execution_ProcessID"),
        "process.thread.id" if !is_old => integer("Execution_ThreadID"),
        "log_name" if is_old => system("Channel"),
        "source_name" if is_old => system("Provider_Name"),
        "record_number" if is_old => integer("EventRecordID"),
        "process_id" if is_old => integer("Execution_ProcessID"),
        "thread_id" if is_old => integer("Execution_ThreadID"),
        "level" if is_old => rendering("Level"),
        _ => None,
    }
}

/// NXLog's `im_msvistalog`, and the public data sets made with it: everything at
/// the top, the event's own data too. A nested member can only be the event's.
pub(super) fn nxlog<'p>(path: &'p str, text: Option<&str>) -> Option<Target<'p>> {
    match path {
        "ProcessID" => integer("Execution_ProcessID"),
        _ => nxlog_with_execution(path, text),
    }
}

/// The same from newer versions, which write `ExecutionProcessID` and leave
/// `ProcessID` to the event's own data.
pub(super) fn nxlog_with_execution<'p>(path: &'p str, text: Option<&str>) -> Option<Target<'p>> {
    match path {
        "EventID" => integer("EventID"),
        "Channel" => system("Channel"),
        "SourceName" => system("Provider_Name"),
        "ProviderGuid" => system("Provider_Guid"),
        "Hostname" => system("Computer"),
        "EventTime" => in_form(Section::System, "TimeCreated_SystemTime", Form::Time),
        "RecordNumber" => integer("EventRecordID"),
        "Version" => integer("Version"),
        "Task" => integer("Task"),
        "OpcodeValue" => integer("Opcode"),
        "Keywords" => in_form(Section::System, "Keywords", Form::Bits),
        "ExecutionProcessID" => integer("Execution_ProcessID"),
        "ThreadID" | "ExecutionThreadID" => integer("Execution_ThreadID"),
        "ActivityID" => system("Correlation_ActivityID"),
        "RelatedActivityID" => system("Correlation_RelatedActivityID"),
        "UserID" if text.is_some_and(|text| text.starts_with("S-1-")) => system("Security_UserID"),
        "Message" => rendering("Message"),
        "Category" => rendering("Task"),
        "Opcode" => rendering("Opcode"),
        "EventTypeOrignal" | "EventTypeOriginal" => rendering("Level"),
        "EventType" if text.is_some_and(is_event_type) => rendering("Level"),
        "AccountType" | "EventReceivedTime" | "SourceModuleName" | "SourceModuleType"
        | "Severity" | "SeverityValue" | "@timestamp" | "@version" | "tags" | "type" | "host"
        | "port" => None,
        _ => in_form(Section::EventData, path, Form::Same),
    }
}

/// NXLog's own `EventType`, as opposed to that of Sysmon's registry events.
fn is_event_type(text: &str) -> bool {
    matches!(
        text,
        "CRITICAL" | "ERROR" | "WARNING" | "INFO" | "VERBOSE" | "AUDIT_SUCCESS" | "AUDIT_FAILURE"
    )
}

/// `Get-WinEvent | ConvertTo-Json`.
pub(super) fn powershell<'p>(path: &'p str, _: Option<&str>) -> Option<Target<'p>> {
    match path {
        "Id" => integer("EventID"),
        "ProviderName" => system("Provider_Name"),
        "ProviderId" => system("Provider_Guid"),
        "LogName" => system("Channel"),
        "MachineName" => system("Computer"),
        "TimeCreated" | "TimeCreated.value" => {
            in_form(Section::System, "TimeCreated_SystemTime", Form::Time)
        }
        "RecordId" => integer("EventRecordID"),
        "Version" => integer("Version"),
        "Qualifiers" => integer("EventID_Qualifiers"),
        "Level" => integer("Level"),
        "Task" => integer("Task"),
        "Opcode" => integer("Opcode"),
        "Keywords" => in_form(Section::System, "Keywords", Form::Bits),
        "ProcessId" => integer("Execution_ProcessID"),
        "ThreadId" => integer("Execution_ThreadID"),
        "UserId" | "UserId.Value" => system("Security_UserID"),
        "ActivityId" => system("Correlation_ActivityID"),
        "RelatedActivityId" => system("Correlation_RelatedActivityID"),
        "Message" => rendering("Message"),
        "LevelDisplayName" => rendering("Level"),
        "TaskDisplayName" => rendering("Task"),
        "OpcodeDisplayName" => rendering("Opcode"),
        "KeywordsDisplayNames" => rendering("Keywords"),
        "Properties" | "Properties.Value" => in_form(Section::EventData, UNNAMED, Form::Same),
        _ => None,
    }
}

/// The name of an event's values where they come without names.
const UNNAMED: &str = "Data";

/// Names the values of an event that PowerShell exported without their names,
/// if the catalogue knows as many of them as there are.
pub(super) fn name_properties(
    provider: Option<&str>,
    event_id: Option<u32>,
    version: u8,
    builder: &mut BatchBuilder,
) {
    let (Some(provider), Some(event_id)) = (provider, event_id) else {
        return;
    };
    let Some(schema) = Catalogue::bundled().event(provider, event_id, version) else {
        return;
    };
    let names: Vec<_> = schema
        .fields
        .iter()
        .filter(|field| field.section.is_payload() && field.name != UNNAMED)
        .map(|field| (field.section, builder.name(field.name)))
        .collect();
    let unnamed = builder.name(UNNAMED);
    builder.rename_repeated(Section::EventData, unnamed, &names);
}
