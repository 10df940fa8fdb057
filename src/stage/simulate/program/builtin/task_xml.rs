//! The definition of a scheduled task.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// When a task is started, as `schtasks /sc` says it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Trigger {
    /// Only by hand or once.
    #[default]
    Once,
    /// When somebody logs on.
    Logon,
    /// When the host starts.
    Boot,
    /// When nobody uses the host.
    Idle,
    /// Every so many minutes.
    Minutes(u32),
    /// Every so many days.
    Days(u32),
    /// Every so many weeks.
    Weeks(u32),
    /// On the first of every month.
    Months,
    /// On an event.
    Event,
}

/// What the definition of a task is written from.
#[derive(Debug, Clone)]
pub struct Parts<'a> {
    /// The task's path.
    pub path: &'a str,
    /// Who registered it.
    pub author: &'a str,
    /// Whom it runs as, and how that one is logged on.
    pub principal: Principal<'a>,
    /// What it runs.
    pub command: &'a str,
    /// Its arguments.
    pub arguments: Option<&'a str>,
    /// When.
    pub trigger: Trigger,
    /// The time that it is.
    pub now: Timestamp,
    /// The host's time zone.
    pub time_zone: &'a str,
    /// Whether it gets all its user's rights.
    pub run_level: RunLevel,
}

/// Whom a task runs as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Principal<'a> {
    /// A user, while that user is logged on.
    Interactive(&'a str),
    /// The system.
    System,
}

/// With how many rights a task runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RunLevel {
    /// As few as its user can.
    #[default]
    Least,
    /// All that its user has.
    Highest,
}

/// The trigger of `/sc` with its modifier.
pub fn trigger_of(schedule: &str, modifier: Option<&str>) -> Trigger {
    let every = modifier.and_then(|every| every.parse().ok()).unwrap_or(1);
    match schedule.to_ascii_lowercase().as_str() {
        "onlogon" => Trigger::Logon,
        "onstart" => Trigger::Boot,
        "onidle" => Trigger::Idle,
        "minute" => Trigger::Minutes(every),
        "hourly" => Trigger::Minutes(every.saturating_mul(60)),
        "daily" => Trigger::Days(every),
        "weekly" => Trigger::Weeks(every),
        "monthly" => Trigger::Months,
        "onevent" => Trigger::Event,
        _ => Trigger::Once,
    }
}

/// The time in the host's zone, without the zone.
pub fn local_time(now: Timestamp, time_zone: &str) -> String {
    let zone = TimeZone::get(time_zone).unwrap_or(TimeZone::UTC);
    now.to_zoned(zone).strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// The definition in XML, with the line ends of Windows.
pub fn write(parts: &Parts<'_>) -> String {
    let date = local_time(parts.now, parts.time_zone);
    let minute = date.get(..16).unwrap_or(&date);
    let boundary = format!("<StartBoundary>{minute}:00</StartBoundary>");
    let trigger = trigger_lines(parts.trigger, &boundary);
    let (user, logon) = match parts.principal {
        Principal::Interactive(user) => (user, Some("InteractiveToken")),
        Principal::System => ("S-1-5-18", None),
    };
    let level = match parts.run_level {
        RunLevel::Least => "LeastPrivilege",
        RunLevel::Highest => "HighestAvailable",
    };
    let mut principal = vec![
        format!("      <RunLevel>{level}</RunLevel>"),
        format!("      <UserId>{}</UserId>", escaped(user)),
    ];
    principal.extend(logon.map(|logon| format!("      <LogonType>{logon}</LogonType>")));
    let mut action = vec![format!(
        "      <Command>{}</Command>",
        escaped(parts.command)
    )];
    action.extend(
        parts
            .arguments
            .map(|arguments| format!("      <Arguments>{}</Arguments>", escaped(arguments))),
    );
    let lines = [
        r#"<?xml version="1.0" encoding="UTF-16"?>"#.to_owned(),
        r#"<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">"#
            .to_owned(),
        "  <RegistrationInfo>".to_owned(),
        format!("    <Date>{date}</Date>"),
        format!("    <Author>{}</Author>", escaped(parts.author)),
        format!("    <URI>{}</URI>", escaped(parts.path)),
        "  </RegistrationInfo>".to_owned(),
        format!("  <Triggers>\r\n{trigger}\r\n  </Triggers>"),
        "  <Principals>\r\n    <Principal id=\"Author\">".to_owned(),
        principal.join("\r\n"),
        "    </Principal>\r\n  </Principals>".to_owned(),
        SETTINGS.replace('\n', "\r\n"),
        "  <Actions Context=\"Author\">\r\n    <Exec>".to_owned(),
        action.join("\r\n"),
        "    </Exec>\r\n  </Actions>\r\n</Task>".to_owned(),
    ];
    lines.join("\r\n")
}

fn trigger_lines(trigger: Trigger, boundary: &str) -> String {
    let (element, before, after) = match trigger {
        Trigger::Once => ("TimeTrigger", String::new(), String::new()),
        Trigger::Logon => ("LogonTrigger", String::new(), String::new()),
        Trigger::Boot => ("BootTrigger", String::new(), String::new()),
        Trigger::Idle => ("IdleTrigger", String::new(), String::new()),
        Trigger::Event => ("EventTrigger", String::new(), String::new()),
        Trigger::Minutes(every) => (
            "TimeTrigger",
            format!(
                "      <Repetition>\r\n        <Interval>PT{every}M</Interval>\r\n        \
                 <StopAtDurationEnd>false</StopAtDurationEnd>\r\n      </Repetition>\r\n"
            ),
            String::new(),
        ),
        Trigger::Days(every) => ("CalendarTrigger", String::new(), schedule("Day", every)),
        Trigger::Weeks(every) => ("CalendarTrigger", String::new(), schedule("Week", every)),
        Trigger::Months => (
            "CalendarTrigger",
            String::new(),
            "\r\n      <ScheduleByMonth>\r\n        <DaysOfMonth>\r\n          <Day>1</Day>\r\n        \
             </DaysOfMonth>\r\n      </ScheduleByMonth>"
                .to_owned(),
        ),
    };
    format!(
        "    <{element}>\r\n{before}      {boundary}\r\n      <Enabled>true</Enabled>{after}\r\n    </{element}>"
    )
}

fn schedule(unit: &str, every: u32) -> String {
    format!(
        "\r\n      <ScheduleBy{unit}>\r\n        <{unit}sInterval>{every}</{unit}sInterval>\r\n      </ScheduleBy{unit}>"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// The text of the first element of that name, unescaped.
pub fn element(xml: &str, name: &str) -> Option<String> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    Some(
        text.trim()
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&apos;", "'")
            .replace("&amp;", "&"),
    )
}

/// What `schtasks` sets where its command line says nothing.
const SETTINGS: &str = "  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>true</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>true</StopIfGoingOnBatteries>
    <AllowHardTerminate>true</AllowHardTerminate>
    <StartWhenAvailable>false</StartWhenAvailable>
    <RunOnlyIfNetworkAvailable>false</RunOnlyIfNetworkAvailable>
    <IdleSettings>
      <Duration>PT10M</Duration>
      <WaitTimeout>PT1H</WaitTimeout>
      <StopOnIdleEnd>true</StopOnIdleEnd>
      <RestartOnIdle>false</RestartOnIdle>
    </IdleSettings>
    <AllowStartOnDemand>true</AllowStartOnDemand>
    <Enabled>true</Enabled>
    <Hidden>false</Hidden>
    <RunOnlyIfIdle>false</RunOnlyIfIdle>
    <WakeToRun>false</WakeToRun>
    <ExecutionTimeLimit>PT72H</ExecutionTimeLimit>
    <Priority>7</Priority>
  </Settings>";
