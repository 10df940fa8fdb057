//! The arguments, as a user writes them.

use std::num::NonZero;
use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{ArgAction, Args as ClapArgs, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;

use super::accept_args::AcceptArgs;
use super::coverage_args::CoverageArgs;
use super::diff::DiffArgs;
use super::execution_args::{RecoverArgs, RunExecutionArgs, WatchProgramArgs};
use super::lint_args::LintArgs;
use super::query_args::{QueryArgs, ReadingArgs};
use super::simulation_args::{RecordArgs, SimulateArgs, SimulationArgs};
use super::values::{
    ReportTarget, parse_argument, parse_guid, parse_platform, parse_revision, parse_shift,
    parse_source, parse_technique, parse_threads, parse_window,
};
use crate::content::atomic::{AtomicGuid, Platform, TechniqueId};
use crate::content::config::Folders;
use crate::content::{ContentRequest, QuerySettings, Start};
use crate::event::LogSource;
use crate::report::Words;
use crate::run::{Revision, Selection};

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
    Run(Box<RunArgs>),
    List(ListArgs),
    Check(CheckArgs),
    Lint(LintArgs),
    Accept(Box<AcceptArgs>),
    Coverage(Box<CoverageArgs>),
    Diff(DiffArgs),
    Scan(ScanArgs),
    Explain(ExplainArgs),
    Convert(ConvertArgs),
    Import(Box<ImportArgs>),
    Simulate(SimulateArgs),
    Record(Box<RecordArgs>),
    Recover(RecoverArgs),
    Init(InitArgs),
    Doctor(DoctorArgs),
    Schema(SchemaArgs),
    Completions(CompletionsArgs),
    Man(ManArgs),
    #[command(hide = true)]
    WatchProgram(WatchProgramArgs),
}

#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Output")]
pub(super) struct OutputArgs {
    /// How results are written to standard output: for people, or for programs as one
    /// document (JSON lines for scan)
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "FORMAT"
    )]
    pub(super) format: Format,
    /// When to use colour: auto is on a terminal, unless NO_COLOR is set
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub(super) color: Color,
    /// Show only what is not as expected, and no progress
    #[arg(long, short, global = true, action = ArgAction::SetTrue)]
    pub(super) quiet: bool,
    /// How work in progress is told on standard error: auto is a bar on a terminal; json is
    /// an event a line, problems and messages included
    #[arg(
        long = "progress",
        global = true,
        value_enum,
        default_value_t,
        value_name = "HOW"
    )]
    pub(super) progress: ProgressArg,
    /// How many threads search [default: one a core]
    #[arg(long, global = true, value_name = "N", value_parser = parse_threads)]
    pub(super) threads: Option<NonZero<usize>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum Format {
    #[default]
    Text,
    Json,
}

/// How work in progress is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum ProgressArg {
    #[default]
    Auto,
    Never,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

/// Judge recordings against the detections that must fire on them.
///
/// Each recording is checked against what its attack must leave in the logs, and
/// searched by the detections that must fire on it; benign recordings are searched by
/// those that must stay quiet. Nothing is executed, unless `--stage execute` is given.
///
/// The content is that of the project that the current folder belongs to (its
/// misfire.toml is here or further up), or the bundled tests where there is none. A
/// folder that is given takes the place of either.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  misfire run
  misfire run T1219 --platform windows
  misfire run --name tunnel --verdict misfire,blind
  misfire run --since origin/main --fail-on misfire,false-alarm
  misfire run --report junit=report.xml --report html=report.html
  misfire run --sigma-regression regression_data --detections rules
  misfire run --stage execute --dry-run T1082

Words for --verdict and --fail-on: the verdicts fired, stray, misfire, blind,
inconclusive, not-run, unsupported, and invalid; the outcomes of controls quiet,
false-alarm, vacuous, and unread; the states of signals seen, missing, unknown,
and not-due; contradicted for claims; and unexpected for all that is not as
expected.

Exit codes: 0 all as expected, 1 something was not, 2 wrong usage or content,
3 could not finish.")]
pub(super) struct RunArgs {
    /// Only tests whose technique, name, GUID, rule, or recording holds one of these
    /// texts
    #[arg(value_name = "FILTER")]
    pub(super) filters: Vec<String>,
    /// Judge a suite in the format of SigmaHQ's regression_data folder
    #[arg(long, value_name = "DIR", requires = "detections")]
    pub(super) sigma_regression: Option<PathBuf>,
    /// Fail where a rule matches more records than its suite asks for
    #[arg(long)]
    pub(super) exact_counts: bool,
    /// What ends with exit code 1, if it is not as expected: words with commas between
    /// them [default: unexpected]
    #[arg(long, value_name = "WORDS")]
    pub(super) fail_on: Option<Words>,
    /// Show only what has one of these words, with commas between them; everything
    /// still counts
    #[arg(long, value_name = "WORDS")]
    pub(super) verdict: Option<Words>,
    /// Also write a report: html=PATH, junit=PATH, json=PATH, markdown=PATH,
    /// navigator=PATH (a layer of the ATT&CK Navigator), badge=PATH (SVG, or .json for an
    /// endpoint), or, of what was executed, art-csv=PATH or attire=PATH, with - for
    /// standard output; may be given several times
    #[arg(long, value_name = "KIND=PATH")]
    pub(super) report: Vec<ReportTarget>,
    /// How recordings come about
    #[arg(long, value_enum, default_value_t, value_name = "STAGE")]
    pub(super) stage: StageArg,
    #[command(flatten)]
    pub(super) simulation: SimulationArgs,
    #[command(flatten)]
    pub(super) execution: RunExecutionArgs,
    #[command(flatten)]
    pub(super) select: SelectArgs,
    #[command(flatten)]
    pub(super) content: ContentArgs,
}

/// How recordings come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum StageArg {
    /// They are read from disk
    #[default]
    Replay,
    /// They are derived from the atomics' commands on a modelled host or account
    Simulate,
    /// The atomics are executed on this host, and what they do is watched
    Execute,
}

/// Which tests are wanted.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Selection")]
pub(super) struct SelectArgs {
    /// Only tests of this technique and its sub-techniques, such as T1219; may be
    /// given several times
    #[arg(long, value_name = "T", value_parser = parse_technique)]
    technique: Vec<TechniqueId>,
    /// Only tests for this platform, such as windows or iaas:aws; may be given
    /// several times
    #[arg(long, value_name = "P", value_parser = parse_platform)]
    platform: Vec<Platform>,
    /// Only tests whose name holds this; may be given several times
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    name: Vec<String>,
    /// Only tests of this detection: its id, or a part of its title; may be given
    /// several times
    #[arg(long, value_name = "D", value_parser = NonEmptyStringValueParser::new())]
    detection: Vec<String>,
    /// Only tests of which something has changed since this git revision
    #[arg(long, value_name = "REV", value_parser = parse_revision)]
    since: Option<Revision>,
}

impl SelectArgs {
    /// The filters with the free words.
    pub(super) fn selection(self, words: Vec<String>) -> Selection {
        Selection {
            techniques: self.technique,
            platforms: self.platform,
            names: self.name,
            detections: self.detection,
            words,
            since: self.since,
        }
    }
}

/// Where content is taken from.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Content")]
pub(super) struct ContentArgs {
    /// Folder of atomics, in the place of the project's; may be given several times
    #[arg(long, value_name = "DIR")]
    pub(super) atomics: Vec<PathBuf>,
    /// Folder of expectations, in the place of the project's; may be given several times
    #[arg(long, value_name = "DIR")]
    pub(super) expectations: Vec<PathBuf>,
    /// Folder or file of detections, in the place of the project's; may be given several
    /// times
    #[arg(long, value_name = "DIR")]
    pub(super) detections: Vec<PathBuf>,
    /// Folder of fixtures, in the place of the project's; may be given several times
    #[arg(long, value_name = "DIR")]
    pub(super) fixtures: Vec<PathBuf>,
    /// A profile of misfire.toml: a choice of content that has a name
    #[arg(long, value_name = "NAME")]
    pub(super) profile: Option<String>,
    #[command(flatten)]
    pub(super) queries: QueryArgs,
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
            queries: self.queries.over(QuerySettings::default()),
        }
    }
}

/// Show what would be run.
///
/// For each test its signals, detections, recordings, and controls. The filters are
/// those of run, and so is the content: that of the project, or the bundled one.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  misfire list
  misfire list T1219 --platform windows
  misfire list --detection AnyDesk --format json

Exit codes: 0 it is shown, 2 wrong usage or content.")]
pub(super) struct ListArgs {
    /// Only tests whose technique, name, GUID, rule, or recording holds one of these
    /// texts
    #[arg(value_name = "FILTER")]
    pub(super) filters: Vec<String>,
    #[command(flatten)]
    pub(super) select: SelectArgs,
    #[command(flatten)]
    pub(super) content: ContentArgs,
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

/// Write a project to start from.
///
/// It has one atomic, what is expected of it, a detection that must fire on it, a
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

/// Search any logs with any detections.
///
/// Every firing is a line; what was not searched is told at the end, and why.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  misfire scan logs/ --detections rules/
  misfire scan Security.evtx trail.json.gz --detections rules/ --format json
  misfire scan http.jsonl --source product=zeek,service=http --detections rules/
  misfire scan baseline/ --detections rules/ --benign known.yml

Exit codes: 0 searched, whether anything fired or not, 1 a firing that --benign does
not name, 2 wrong usage or content, 3 a log could not be read whole.")]
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
    #[command(flatten)]
    pub(super) queries: QueryArgs,
    #[command(flatten)]
    pub(super) reading: ReadingArgs,
}

/// Say why a detection fired or did not.
///
/// Shows the record that came closest: which predicates hold, which fail, and the
/// values that were seen.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  misfire explain anydesk.yml Sysmon.evtx
  misfire explain 'Whoami Started' logs/ --detections rules/
  misfire explain anydesk.yml Sysmon.evtx --format json

Exit codes: 0 explained, 2 wrong usage or content, 3 a log could not be read whole.")]
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
    #[command(flatten)]
    pub(super) queries: QueryArgs,
    #[command(flatten)]
    pub(super) reading: ReadingArgs,
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

/// Turn a capture into a fixture, with a drafted expectation.
///
/// Copies the logs byte for byte into a folder of the project's fixtures and
/// writes the manifest from what their records tell: sources, counts, hashes,
/// host, sensors, and window. Of an atomic's run it also drafts what is to be
/// expected: signals for what stands out in the capture, each with the reason.
/// Nothing is overwritten, and nothing is left half written.
#[derive(Debug, ClapArgs)]
#[command(
    group = clap::ArgGroup::new("subject").required(true).args(["atomic", "control"]),
    after_help = "\
Examples:
  misfire import Sysmon.evtx Security.evtx \\
    --atomic d6e8f711-03b6-4375-b189-94ae331a10ba --arg tunnel_name=build-box
  misfire import run/ --atomic d6e8f711-03b6-4375-b189-94ae331a10ba \\
    --window 2026-11-02T09:14:00Z/2026-11-02T09:16:00Z --closed --baseline day-before/
  misfire import quiet.evtx --control 'the editor was opened' --technique T1219.001

Exit codes: 0 the fixture is in its place, 2 wrong usage or content, 3 a log is
damaged or something could not be written; then nothing was.")]
pub(super) struct ImportArgs {
    /// Logs and folders of logs, in any format of docs/formats.md
    #[arg(value_name = "LOG", required = true)]
    pub(super) logs: Vec<PathBuf>,
    /// The atomic that was performed, by its auto_generated_guid
    #[arg(long, value_name = "GUID", value_parser = parse_guid)]
    pub(super) atomic: Option<AtomicGuid>,
    /// It was something benign; say what, and why it is no attack
    #[arg(long, value_name = "WHY", requires = "technique")]
    pub(super) control: Option<String>,
    /// The technique whose tests a control is a twin of
    #[arg(long, value_name = "TECHNIQUE", value_parser = parse_technique, conflicts_with = "atomic")]
    pub(super) technique: Option<TechniqueId>,
    /// The name of the fixture [default: from the atomic's name, or the log's]
    #[arg(long, value_name = "NAME")]
    pub(super) name: Option<String>,
    /// The folder of fixtures [default: that of misfire.toml, or fixtures]
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Folder of atomics to find the atomic in; may be given several times
    /// [default: those of misfire.toml, or the bundled ones]
    #[arg(long, value_name = "DIR", conflicts_with = "control")]
    pub(super) atomics: Vec<PathBuf>,
    /// An argument of the run; the others had their defaults; may be given
    /// several times
    #[arg(long, value_name = "NAME=VALUE", value_parser = parse_argument, conflicts_with = "control")]
    pub(super) arg: Vec<(String, String)>,
    /// How much the capture proves
    #[arg(long, value_enum, default_value_t, value_name = "GRADE")]
    pub(super) evidence: Grade,
    /// When the test ran, from and to [default: from the first record to the last]
    #[arg(long, value_name = "START/END", value_parser = parse_window)]
    pub(super) window: Option<(Timestamp, Timestamp)>,
    /// Every source was collected until after the end of the window, so what is
    /// not there did not happen
    #[arg(long, action = ArgAction::SetTrue)]
    pub(super) closed: bool,
    /// A condition that held, such as signed-in; may be given several times
    #[arg(long, value_name = "CONDITION")]
    pub(super) given: Vec<String>,
    /// A source that was collected and held no record; may be given several times
    #[arg(long, value_name = "SOURCE")]
    pub(super) looked_at: Vec<String>,
    /// The host or account [default: what the records say]
    #[arg(long, value_name = "NAME")]
    pub(super) host: Option<String>,
    /// Its platform, such as windows or iaas:aws [default: what the records say]
    #[arg(long, value_name = "PLATFORM", value_parser = parse_platform)]
    pub(super) platform: Option<Platform>,
    /// Logs of the same host without the test: what is in them does not stand
    /// out; may be given several times
    #[arg(long, value_name = "LOG", conflicts_with = "control")]
    pub(super) baseline: Vec<PathBuf>,
    /// Replace accounts, addresses, names, keys, and other identities by pseudonyms, if
    /// every verdict stays the same; see docs/scrubbing.md
    #[arg(long, action = ArgAction::SetTrue, conflicts_with = "baseline")]
    pub(super) scrub: bool,
    /// Where the draft goes: a new file, or - for standard output [default: the
    /// technique's file of expectations if there is none yet]
    #[arg(long, value_name = "FILE", conflicts_with = "control")]
    pub(super) expectation: Option<PathBuf>,
    /// Replace the fixture if it is there
    #[arg(long, action = ArgAction::SetTrue)]
    pub(super) force: bool,
    /// Do everything but write, and show what would be written
    #[arg(long, action = ArgAction::SetTrue)]
    pub(super) dry_run: bool,
}

/// How much a capture proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum Grade {
    /// Logged by the real product
    #[default]
    Recorded,
    /// Shaped by our own sensor after a real execution
    Executed,
    /// Derived by interpretation
    Simulated,
    /// Written by hand
    Authored,
}

/// Say what misfire can do on this host.
///
/// Looks at the platform, the content that is found from here, and the programs that
/// are on the path; nothing is started.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  misfire doctor
  misfire doctor --format json")]
pub(super) struct DoctorArgs {}

/// Print the JSON Schema of a format of misfire's.
///
/// Editors complete and check files with it.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  misfire schema
  misfire schema expectation > expectation.json

Exit codes: 0 it is printed, 2 there is no schema of that name.")]
pub(super) struct SchemaArgs {
    /// The format; without it, the names of all are printed
    #[arg(value_name = "NAME")]
    pub(super) name: Option<String>,
}

/// Print completions for a shell.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  misfire completions bash > ~/.local/share/bash-completion/completions/misfire
  misfire completions zsh > ~/.zfunc/_misfire
  misfire completions powershell >> $PROFILE")]
pub(super) struct CompletionsArgs {
    /// The shell that they are for
    #[arg(value_name = "SHELL", value_enum)]
    pub(super) shell: clap_complete::Shell,
}

/// Print the manual, or write a page for each command.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  misfire man | man -l -
  misfire man ~/.local/share/man/man1
  misfire man --markdown pages")]
pub(super) struct ManArgs {
    /// The folder to write a page for each command into; without it, the manual is
    /// printed
    #[arg(value_name = "DIR")]
    pub(super) folder: Option<PathBuf>,
    /// Write the pages as Markdown, for a web site or a wiki
    #[arg(long, requires = "folder")]
    pub(super) markdown: bool,
}
