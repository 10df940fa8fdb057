//! What a model says.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::activity::{ProgramFile, ProgramMetadata};

/// A program's model.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Model {
    /// The file name, as `reg.exe`.
    pub name: String,
    /// Other file names of the same program.
    #[serde(default)]
    pub also: Vec<String>,
    /// Where it is installed, the usual place first; environment variables are not
    /// written but resolved, except a user's own `{env.…}`.
    #[serde(default)]
    pub paths: Vec<String>,
    /// Patterns of paths at which a file of any name is taken to be it.
    #[serde(default)]
    pub likely: Vec<String>,
    /// `windows` for what every Windows has at these paths.
    #[serde(default)]
    pub part_of: Option<Whole>,
    /// Whether it is a console program or has windows.
    #[serde(default)]
    pub subsystem: Subsystem,
    /// Whether Windows raises it without asking (`autoElevate` in its manifest).
    #[serde(default)]
    pub auto_elevates: bool,
    /// Its version resource; parts of Windows have the system's own where it is silent.
    #[serde(default)]
    pub metadata: Option<ProgramMetadata>,
    /// Who signed it.
    #[serde(default)]
    pub signer: Option<String>,
    /// What a batch file holds, as far as it matters.
    #[serde(default)]
    pub text: Option<String>,
    /// How its options are written.
    #[serde(default)]
    pub options: Options,
    /// What it does, by what it is started with; the first that fits holds.
    #[serde(default)]
    pub cases: Vec<Case>,
    /// What the model rests on.
    #[serde(default)]
    pub evidence: Option<String>,
}

/// What a program is a part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Whole {
    /// Every Windows.
    Windows,
}

/// The subsystem of a program's header.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subsystem {
    /// It gets a console.
    #[default]
    Console,
    /// It does not.
    Windows,
    /// A batch file: `cmd.exe` is its process.
    Batch,
}

/// How a program's options are written.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Options {
    /// What they begin with.
    #[serde(default)]
    pub style: Style,
    /// Those that take the next argument as their value, without their sign.
    #[serde(default)]
    pub values: Vec<String>,
}

/// What options begin with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Style {
    /// A slash or a hyphen.
    #[default]
    Slash,
    /// One or two hyphens.
    Dash,
    /// Nothing: every argument is a word.
    Words,
}

/// What a program does when it is started in one way.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Case {
    /// Its name, which explanations show.
    pub name: String,
    /// What it is started with.
    #[serde(default)]
    pub when: When,
    /// Conditions that are taken to hold, unless the profile gives `not-…`.
    #[serde(default)]
    pub assumes: Vec<String>,
    /// What it does, in order.
    #[serde(default)]
    pub does: Vec<Action>,
    /// What it writes to its standard output.
    #[serde(default)]
    pub prints: Option<String>,
    /// How it ends.
    #[serde(default)]
    pub exit_code: i32,
    /// Until when it runs on, if it does not end.
    #[serde(default)]
    pub runs_on: Option<String>,
}

/// What a program is started with.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct When {
    /// Patterns of the first words, in order.
    #[serde(default)]
    pub words: Vec<String>,
    /// Options that are there.
    #[serde(default)]
    pub options: Vec<String>,
    /// Options that are not there.
    #[serde(default)]
    pub without: Vec<String>,
    /// Patterns of what placeholders stand for.
    #[serde(default)]
    pub is: BTreeMap<String, String>,
    /// Conditions that the profile gives.
    #[serde(default)]
    pub given: Vec<String>,
}

/// One thing that a program does: exactly one of these. One with a placeholder that
/// stands for nothing is left out.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Action {
    /// Starts a child and goes on.
    pub start: Option<Child>,
    /// Starts a child and ends as it does.
    pub start_and_wait: Option<Child>,
    /// Creates or overwrites a file.
    pub create: Option<FileAction>,
    /// Deletes a file.
    pub delete: Option<String>,
    /// Copies a file.
    pub copy: Option<Copying>,
    /// Makes a key of the registry.
    pub key: Option<String>,
    /// Sets a value of the registry.
    pub set: Option<ValueAction>,
    /// Deletes a key of the registry.
    pub delete_key: Option<String>,
    /// Asks for a name.
    pub resolve: Option<String>,
    /// Opens a connection (`host:port`).
    pub connect: Option<String>,
    /// Sends a datagram (`host:port`).
    pub send: Option<String>,
    /// Fetches an address to a file, or to nowhere.
    pub fetch: Option<Fetching>,
    /// Makes a named pipe.
    pub pipe: Option<String>,
    /// Connects to a named pipe.
    pub connect_pipe: Option<String>,
    /// Loads a library.
    pub load: Option<String>,
    /// Carries out what needs code, by its name.
    pub carry_out: Option<String>,
}

/// A child process.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Child {
    /// Its program.
    pub program: String,
    /// Its command line.
    pub command_line: String,
}

/// A file and its content.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FileAction {
    /// The path.
    pub path: String,
    /// Its text, if it is known.
    #[serde(default)]
    pub text: Option<String>,
}

/// A file that is copied.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Copying {
    /// Which.
    pub from: String,
    /// Where to; a folder takes it under its name.
    pub to: String,
}

/// A value of the registry.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ValueAction {
    /// The key.
    pub key: String,
    /// The value's name; empty is the key's default.
    #[serde(default)]
    pub name: String,
    /// As `REG_DWORD`.
    #[serde(rename = "type", default = "text_type")]
    pub kind: String,
    /// The data.
    pub data: String,
}

fn text_type() -> String {
    "REG_SZ".to_owned()
}

/// What is fetched.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Fetching {
    /// The address.
    pub url: String,
    /// The file that it is written to.
    #[serde(default)]
    pub to: Option<String>,
}

/// What parts of Windows say of themselves (Windows 11 24H2).
const WINDOWS_VERSION: &str = "10.0.26100.1 (WinBuild.160101.0800)";

/// The version resource of a part of Windows: what all parts say, where it says nothing
/// else itself.
#[must_use]
pub fn windows_metadata(known: Option<ProgramMetadata>, name: &str) -> ProgramMetadata {
    let mut metadata = known.unwrap_or_default();
    let set = |field: &mut Option<String>, text: &str| {
        field.get_or_insert_with(|| text.to_owned());
    };
    set(&mut metadata.file_version, WINDOWS_VERSION);
    set(
        &mut metadata.product,
        "Microsoft® Windows® Operating System",
    );
    set(&mut metadata.company, "Microsoft Corporation");
    set(&mut metadata.original_file_name, name);
    metadata
}

impl Model {
    /// The file that it stands in, as explanations show it.
    #[must_use]
    pub fn place(&self) -> String {
        format!("models/{}.yaml", self.name.to_lowercase())
    }

    /// What is in the program's file.
    #[must_use]
    pub fn file(&self) -> ProgramFile {
        let is_windows = self.part_of == Some(Whole::Windows);
        let mut metadata = self.metadata.clone();
        if is_windows {
            metadata = Some(windows_metadata(metadata, &self.name));
        }
        ProgramFile {
            content: self.name.to_lowercase(),
            metadata,
            signer: match &self.signer {
                None if is_windows => Some("Microsoft Windows".to_owned()),
                signer => signer.clone(),
            },
            hashes: None,
        }
    }
}

impl Action {
    /// How many things it does; a model's action does exactly one.
    #[must_use]
    pub fn count(&self) -> usize {
        [
            self.start.is_some(),
            self.start_and_wait.is_some(),
            self.create.is_some(),
            self.delete.is_some(),
            self.copy.is_some(),
            self.key.is_some(),
            self.set.is_some(),
            self.delete_key.is_some(),
            self.resolve.is_some(),
            self.connect.is_some(),
            self.send.is_some(),
            self.fetch.is_some(),
            self.pipe.is_some(),
            self.connect_pipe.is_some(),
            self.load.is_some(),
            self.carry_out.is_some(),
        ]
        .into_iter()
        .filter(|is_there| *is_there)
        .count()
    }
}
