//! What a script says, once it is parsed.

use std::cell::OnceCell;
use std::rc::Rc;

/// Commands in order.
pub(super) type List = Vec<Item>;

/// A chain of pipelines, and whether it is waited for.
#[derive(Debug)]
pub(super) struct Item {
    pub first: Pipeline,
    pub rest: Vec<(Joint, Pipeline)>,
    pub pace: Pace,
}

/// Whether the shell waits for a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    Foreground,
    Background,
}

/// What ties a pipeline to the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joint {
    And,
    Or,
}

/// Commands, each of which reads what the one before it writes.
#[derive(Debug)]
pub(super) struct Pipeline {
    pub is_negated: bool,
    pub commands: Vec<Command>,
}

/// A command with its redirections.
#[derive(Debug)]
pub(super) struct Command {
    pub kind: CommandKind,
    pub redirects: Vec<Redirect>,
    /// As it is written.
    pub text: String,
}

/// What a command is.
#[derive(Debug)]
pub(super) enum CommandKind {
    Simple {
        assignments: Vec<Assignment>,
        words: Vec<Word>,
    },
    Subshell(List),
    Group(List),
    If {
        branches: Vec<(List, List)>,
        otherwise: Option<List>,
    },
    For {
        name: String,
        words: Option<Vec<Word>>,
        body: List,
    },
    ArithmeticFor {
        parts: Box<[Word; 3]>,
        body: List,
    },
    While {
        ends_on: Ends,
        condition: List,
        body: List,
    },
    Case {
        word: Word,
        arms: Vec<Arm>,
    },
    Function {
        name: String,
        body: Rc<Command>,
    },
    /// `[[ … ]]`.
    Condition(Vec<Term>),
    /// `(( … ))`.
    Arithmetic(Word),
}

/// What ends a loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    OnFailure,
    OnSuccess,
}

/// A piece of `[[ … ]]`.
#[derive(Debug)]
pub(super) enum Term {
    Operator(String),
    Word(Word),
}

/// A branch of `case`.
#[derive(Debug)]
pub(super) struct Arm {
    pub patterns: Vec<Word>,
    pub body: List,
    pub then: AfterArm,
}

/// What comes after a branch of `case`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AfterArm {
    Leave,
    NextBody,
    NextTest,
}

/// `name=value` in front of a command.
#[derive(Debug)]
pub(super) struct Assignment {
    pub name: String,
    pub index: Option<Word>,
    pub appends: bool,
    pub value: Assigned,
}

/// What is assigned.
#[derive(Debug)]
pub(super) enum Assigned {
    Text(Word),
    List(Vec<(Option<Word>, Word)>),
}

/// A redirection.
#[derive(Debug)]
pub(super) struct Redirect {
    pub descriptor: Option<u32>,
    pub kind: RedirectKind,
}

/// What a redirection does.
#[derive(Debug)]
pub(super) enum RedirectKind {
    Read(Word),
    Write(Word),
    Append(Word),
    ReadWrite(Word),
    /// `&>` and `>&` with a file: both outputs.
    WriteBoth(Word),
    AppendBoth(Word),
    /// `<&` and `>&`.
    Duplicate(Word),
    HereString(Word),
    HereDocument(Rc<OnceCell<Word>>),
}

/// A word before it is expanded.
pub(super) type Word = Vec<Part>;

/// A piece of a word.
#[derive(Debug, Clone)]
pub(super) enum Part {
    /// Text without quotes.
    Plain(String),
    /// Text within single quotes, or behind a backslash.
    Quoted(String),
    /// What stands within double quotes.
    Double(Word),
    /// `$name` and `${…}`, as it is written, and what it means.
    Parameter(Rc<Parameter>),
    /// `$(…)`.
    Command { list: Rc<List>, text: String },
    /// `$((…))`.
    Arithmetic(Word),
    /// `<(…)` and `>(…)`.
    Process { list: Rc<List>, text: String },
}

/// `${…}`.
#[derive(Debug)]
pub(super) struct Parameter {
    pub text: String,
    pub name: String,
    pub index: Option<Word>,
    pub is_indirect: bool,
    pub operation: Operation,
}

/// What `${…}` does with its value.
#[derive(Debug)]
pub(super) enum Operation {
    Value,
    Length,
    /// `-`, `=`, `+`, `?`, with or without the colon.
    Default {
        sign: char,
        also_empty: bool,
        word: Word,
    },
    /// `#`, `##`, `%`, `%%`.
    Remove {
        end: End,
        reach: Reach,
        pattern: Word,
    },
    /// `/`, `//`, `/#`, `/%`.
    Replace {
        place: Place,
        pattern: Word,
        with: Word,
    },
    /// `:offset:length`.
    Slice {
        offset: Word,
        length: Option<Word>,
    },
    /// `^`, `^^`, `,`, `,,`.
    Case {
        sign: char,
        reach: Reach,
    },
    /// `@Q` and its like.
    Transform(char),
    /// Names that begin so (`${!x*}`), or the keys of a list.
    Names,
}

/// Which end of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Front,
    Back,
}

/// How much of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    Least,
    Most,
}

/// Where a replacement is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    First,
    All,
    Front,
    Back,
}
