//! What a line of `cmd.exe` is made of.

/// A command, or several in one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    /// Nothing: a remark or a label.
    Nothing,
    /// A built-in command or a program.
    Simple(Simple),
    /// What stands in parentheses, and its redirections.
    Block(Box<Node>, Vec<Redirection>),
    /// `a & b`, or lines of a block.
    Sequence(Vec<Node>),
    /// `a || b`.
    Either(Vec<Node>),
    /// `a && b`.
    Both(Vec<Node>),
    /// `a | b`.
    Pipe(Vec<Side>),
    /// `if`.
    If(Box<If>),
    /// `for`.
    For(Box<For>),
}

/// A command with one name. Its texts still hold the variables of `for` and those of
/// delayed expansion.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Simple {
    /// Its first word as typed, quotes included.
    pub name: String,
    /// What follows it as typed, from the first separator on, without redirections.
    pub arguments: String,
    /// Its redirections, in order.
    pub redirections: Vec<Redirection>,
}

/// A redirection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Redirection {
    /// The handle that is redirected.
    pub handle: u32,
    /// Where to.
    pub to: Target,
}

/// What a handle is redirected to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// `> file`.
    File(String),
    /// `>> file`.
    EndOfFile(String),
    /// `< file`.
    From(String),
    /// `>&1`.
    Handle(u32),
}

/// A side of a pipe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Side {
    /// The command.
    pub node: Node,
    /// How it is written, for the shell that is started for it.
    pub text: String,
}

/// `if`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct If {
    /// `not`.
    pub negated: bool,
    /// `/i`.
    pub ignores_case: bool,
    /// What is asked.
    pub condition: Condition,
    /// What is done if it holds.
    pub then: Node,
    /// What is done if it does not.
    pub otherwise: Option<Node>,
}

/// What `if` asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Condition {
    /// `exist path`.
    Exist(String),
    /// `defined name`.
    Defined(String),
    /// `errorlevel number`.
    ErrorLevel(String),
    /// `cmdextversion number`.
    Version(String),
    /// `left == right`, or with one of the words of comparison in lower case.
    Compare(String, Comparison, String),
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    /// `==`: never as numbers.
    Same,
    /// `equ`.
    Equal,
    /// `neq`.
    NotEqual,
    /// `lss`.
    Less,
    /// `leq`.
    LessOrEqual,
    /// `gtr`.
    Greater,
    /// `geq`.
    GreaterOrEqual,
}

/// `for`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct For {
    /// Which of its forms.
    pub form: Form,
    /// The letter of its variable.
    pub variable: char,
    /// What stands in its parentheses.
    pub set: String,
    /// What is done each time.
    pub body: Node,
}

/// A form of `for`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Form {
    /// Words and files.
    Plain,
    /// `/d`: folders.
    Folders,
    /// `/r path`: files of a tree.
    Tree(Option<String>),
    /// `/l`: numbers.
    Numbers,
    /// `/f options`: lines.
    Lines(String),
}

impl Simple {
    /// How it is written.
    pub fn text(&self) -> String {
        let mut text = format!("{}{}", self.name, self.arguments);
        for redirection in &self.redirections {
            if !text.is_empty() && !text.ends_with(' ') {
                text.push(' ');
            }
            text.push_str(&redirection.text());
        }
        text
    }
}

impl Redirection {
    /// How it is written.
    pub fn text(&self) -> String {
        let handle = match (&self.to, self.handle) {
            (Target::From(_), 0) | (Target::File(_) | Target::EndOfFile(_), 1) => String::new(),
            (_, handle) => handle.to_string(),
        };
        match &self.to {
            Target::File(path) => format!("{handle}>{path}"),
            Target::EndOfFile(path) => format!("{handle}>>{path}"),
            Target::From(path) => format!("{handle}<{path}"),
            Target::Handle(other) => format!("{handle}>&{other}"),
        }
    }
}
