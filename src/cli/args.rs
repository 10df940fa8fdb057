//! The arguments, as a user writes them.

use std::num::NonZero;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{ArgAction, Args as ClapArgs, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;

use crate::content::config::Folders;
use crate::content::{ContentRequest, Start};
use crate::diagnostic::did_you_mean;
use crate::event::{LogSource, parse_time};
use crate::report::Words;

/// Prove that detections fire.
///
/// misfire replays recordings of attacks, searches them with detections, and
/// says for each detection whether it fired on what it must fire on. When one
/// stayed silent, it says why, and by which field.
#[derive(Debug, Parser)]
#[command(
    name = "misfire",
    version,
    arg_required_else_help = true,
    max_term_width = 100
)]
#[command(
    after_help = "Exit codes: 0 all as expected, 1 something was not, 2 wrong usage or \
                        content, 3 could not finish."
)]
pub(super) struct Args {
    #[command(subcommand)]
    pub(super) command: Command,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Judge recordings against the detections that must fire on them
    Run(RunArgs),
    /// Load all content and report every problem
    Check(CheckArgs),
    /// Search any logs with any detections
    Scan(ScanArgs),
    /// Say why a detection fired or did not
    Explain(ExplainArgs),
    /// Turn logs into another format, and move their times
    Convert(ConvertArgs),
    /// Write a project to start from
    Init(InitArgs),
}

#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Output")]
pub(super) struct OutputArgs {
    /// How results are written to standard output
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "FORMAT"
    )]
    pub(super) format: Format,
    /// When to use colour; NO_COLOR is honoured
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub(super) color: Color,
    /// Show only what is not as expected, and no progress
    #[arg(long, short, global = true, action = ArgAction::SetTrue)]
    pub(super) quiet: bool,
    /// How many threads search [default: one a core]
    #[arg(long, global = true, value_name = "N", value_parser = parse_threads)]
    pub(super) threads: Option<NonZero<usize>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum Format {
    /// For people
    #[default]
    Text,
    /// For programs: one document, or JSON lines for scan
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum Color {
    /// On a terminal
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Debug, ClapArgs)]
pub(super) struct RunArgs {
    /// Only tests whose name, rule, or recording holds one of these
    #[arg(value_name = "FILTER")]
    pub(super) filters: Vec<String>,
    /// Judge a suite in the format of SigmaHQ's regression_data folder
    /// [default: the bundled one]
    #[arg(long, value_name = "DIR", requires = "detections")]
    pub(super) sigma_regression: Option<PathBuf>,
    /// Folder or file of Sigma rules; may be given several times
    #[arg(long, value_name = "DIR", requires = "sigma_regression")]
    pub(super) detections: Vec<PathBuf>,
    /// Fail where a rule matches more records than its suite asks for
    #[arg(long)]
    pub(super) exact_counts: bool,
    /// Show only what has one of these verdicts; everything still counts
    #[arg(long, value_name = "WORDS")]
    pub(super) verdict: Option<Words>,
    /// Also write a report: junit=PATH or json=PATH; may be given several times
    #[arg(long, value_name = "KIND=PATH")]
    pub(super) report: Vec<ReportTarget>,
}

/// A report that is asked for.
#[derive(Debug, Clone)]
pub(super) struct ReportTarget {
    pub(super) kind: ReportKind,
    pub(super) path: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReportKind {
    Junit,
    Json,
}

impl FromStr for ReportTarget {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (kind, path) = text
            .split_once('=')
            .filter(|(_, path)| !path.is_empty())
            .ok_or("a report is KIND=PATH, such as `junit=report.xml`")?;
        let kind = match kind {
            "junit" => ReportKind::Junit,
            "json" => ReportKind::Json,
            other => {
                return Err(match did_you_mean(other, ["junit", "json"]) {
                    Some(meant) => {
                        format!("`{other}` is no kind of report, did you mean `{meant}`?")
                    }
                    None => format!("`{other}` is no kind of report; there are `junit` and `json`"),
                });
            }
        };
        Ok(Self {
            kind,
            path: PathBuf::from(path),
        })
    }
}

/// Where content is taken from.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Content")]
pub(super) struct ContentArgs {
    /// Folder of atomics; may be given several times
    #[arg(long, value_name = "DIR")]
    pub(super) atomics: Vec<PathBuf>,
    /// Folder of expectations; may be given several times
    #[arg(long, value_name = "DIR")]
    pub(super) expectations: Vec<PathBuf>,
    /// Folder or file of detections; may be given several times
    #[arg(long, value_name = "DIR")]
    pub(super) detections: Vec<PathBuf>,
    /// Folder of fixtures; may be given several times
    #[arg(long, value_name = "DIR")]
    pub(super) fixtures: Vec<PathBuf>,
    /// A profile of misfire.toml
    #[arg(long, value_name = "NAME")]
    pub(super) profile: Option<String>,
}

impl ContentArgs {
    /// What is to be loaded.
    pub(super) fn request(&self, start: Start) -> ContentRequest {
        let given = |folders: &[PathBuf]| (!folders.is_empty()).then(|| folders.to_owned());
        ContentRequest {
            folders: Folders {
                atomics: given(&self.atomics),
                expectations: given(&self.expectations),
                detections: given(&self.detections),
                fixtures: given(&self.fixtures),
            },
            start,
            profile: self.profile.clone(),
        }
    }
}

/// Load all content and report every problem.
///
/// Without a path, the content is that of the project that the current folder
/// belongs to (its misfire.toml is here or further up), or the bundled one where
/// there is no project. A path is the folder of another project, or any file or
/// folder of content, which is then looked at by itself.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  misfire check
  misfire check --format json | jq .diagnostics
  misfire check expectations/T1219.001.yaml fixtures/T1219.001

Exit codes: 0 nothing is wrong, or there are only warnings, 2 something is wrong.")]
pub(super) struct CheckArgs {
    /// Projects, or files and folders of content
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) content: ContentArgs,
}

/// Write a project to start from: one atomic, what is expected of it, a detection, a
/// recording, and a benign twin.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  misfire init detections-lab
  cd detections-lab && misfire check && misfire run

Exit codes: 0 it was written, 2 the folder is not empty, 3 it cannot be written.")]
pub(super) struct InitArgs {
    /// The folder, empty or not there yet
    #[arg(value_name = "DIR")]
    pub(super) folder: PathBuf,
}

#[derive(Debug, ClapArgs)]
pub(super) struct ScanArgs {
    /// Logs and folders of logs, in any format of docs/formats.md
    #[arg(value_name = "LOG", required = true)]
    pub(super) logs: Vec<PathBuf>,
    /// Folder or file of detections; may be given several times
    #[arg(long, value_name = "DIR", required = true)]
    pub(super) detections: Vec<PathBuf>,
    /// Fail for every firing that this list of known benign hits does not name
    #[arg(long, value_name = "FILE")]
    pub(super) benign: Option<PathBuf>,
    /// What plain JSON lines are, such as product=zeek,service=http
    #[arg(long, value_name = "SOURCE", value_parser = parse_source)]
    pub(super) source: Option<LogSource>,
}

#[derive(Debug, ClapArgs)]
pub(super) struct ExplainArgs {
    /// A detection: its file, or its id, name, or title with --detections
    #[arg(value_name = "DETECTION")]
    pub(super) detection: String,
    /// Logs and folders of logs, in any format of docs/formats.md
    #[arg(value_name = "LOG", required = true)]
    pub(super) logs: Vec<PathBuf>,
    /// Folder or file of detections to find it in, and what it refers to; may be
    /// given several times
    #[arg(long, value_name = "DIR")]
    pub(super) detections: Vec<PathBuf>,
    /// What plain JSON lines are, such as product=zeek,service=http
    #[arg(long, value_name = "SOURCE", value_parser = parse_source)]
    pub(super) source: Option<LogSource>,
}

/// Turn logs into another format, and move their times.
///
/// Reads every format that scan reads. Several logs become one, ordered by
/// time. Windows events can become a binary event log, which the Event Viewer
/// and every tool for .evtx read; records of a kind that the wanted format
/// cannot hold are left out and told.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  misfire convert Security.xml -o Security.evtx
  misfire convert winlogbeat.jsonl nxlog.jsonl -o events.evtx
  misfire convert trail.json.gz --to jsonl -o - | head
  misfire convert sample.evtx -o recent.evtx --shift-to now

Exit codes: 0 every record was converted, 2 wrong usage or nothing fits the
format, 3 something could not be read or was left out.")]
pub(super) struct ConvertArgs {
    /// Logs and folders of logs, in any format of docs/formats.md
    #[arg(value_name = "IN", required = true)]
    pub(super) logs: Vec<PathBuf>,
    /// The file to write, or - for standard output
    #[arg(long, short, value_name = "OUT")]
    pub(super) out: PathBuf,
    /// The format to write [default: what OUT's ending says]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(super) to: Option<To>,
    /// When the earliest record is to have happened: a date, an RFC 3339 time,
    /// or now; all times move together
    #[arg(long, value_name = "TIME", value_parser = parse_shift)]
    pub(super) shift_to: Option<Timestamp>,
    /// Replace OUT if it is there
    #[arg(long, action = ArgAction::SetTrue)]
    pub(super) force: bool,
    /// What plain JSON lines are, such as product=zeek,service=http
    #[arg(long, value_name = "SOURCE", value_parser = parse_source)]
    pub(super) source: Option<LogSource>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum To {
    /// Binary Windows event log (.evtx)
    Evtx,
    /// AWS CloudTrail, {"Records": […]} (.json)
    #[value(name = "cloudtrail")]
    CloudTrail,
    /// Azure activity, {"records": […]} (.json)
    AzureActivity,
    /// Any records, one JSON object a line (.jsonl, .ndjson)
    #[value(name = "jsonl")]
    JsonLines,
}

/// Reads a point in time; one without an offset is in UTC.
fn parse_shift(text: &str) -> Result<Timestamp, String> {
    if text == "now" {
        return Ok(Timestamp::now());
    }
    parse_time(text).ok_or_else(|| {
        "a time is `2026-03-04T05:06:07Z`, a date such as `2026-03-04`, or `now`".to_owned()
    })
}

/// More threads than this are no use on any machine.
const MOST_THREADS: usize = 1024;

fn parse_threads(text: &str) -> Result<NonZero<usize>, String> {
    match text.parse() {
        Ok(threads) if NonZero::get(threads) <= MOST_THREADS => Ok(threads),
        _ => Err(format!("it is a number from 1 to {MOST_THREADS}")),
    }
}

/// Reads `product=aws,service=cloudtrail`.
fn parse_source(text: &str) -> Result<LogSource, String> {
    const DIMENSIONS: [&str; 3] = ["product", "category", "service"];
    let mut values: [Option<&str>; 3] = [None; 3];
    for part in text.split(',') {
        let (name, value) = part
            .split_once('=')
            .filter(|(_, value)| !value.trim().is_empty())
            .ok_or("a source is `product=…,category=…,service=…`, each part optional")?;
        let name = name.trim();
        let Some(index) = DIMENSIONS.iter().position(|known| *known == name) else {
            return Err(match did_you_mean(name, DIMENSIONS) {
                Some(meant) => format!("`{name}` is no part of a source, did you mean `{meant}`?"),
                None => format!("`{name}` is no part of a source"),
            });
        };
        values[index] = Some(value);
    }
    Ok(LogSource::new(values[0], values[1], values[2]))
}
