//! What a script says: its statements, pipelines, and expressions.

use std::rc::Rc;

/// A statement with its text.
#[derive(Debug)]
pub(super) struct Statement {
    pub(super) text: String,
    pub(super) kind: StatementKind,
}

#[derive(Debug)]
pub(super) enum StatementKind {
    Pipeline(Vec<Element>),
    Assign {
        target: Expression,
        /// `=`, `+=`, and so on.
        operator: &'static str,
        value: Box<Statement>,
    },
    If {
        clauses: Vec<(Statement, Vec<Statement>)>,
        otherwise: Vec<Statement>,
    },
    Switch {
        mode: SwitchMode,
        subject: Box<Statement>,
        clauses: Vec<(Expression, Vec<Statement>)>,
    },
    ForEach {
        variable: String,
        over: Box<Statement>,
        body: Vec<Statement>,
    },
    For {
        first: Option<Box<Statement>>,
        condition: Option<Box<Statement>>,
        next: Option<Box<Statement>>,
        body: Vec<Statement>,
    },
    While {
        condition: Box<Statement>,
        body: Vec<Statement>,
    },
    Do {
        body: Vec<Statement>,
        condition: Box<Statement>,
        until: Until,
    },
    Function {
        name: String,
        block: Rc<Block>,
    },
    Try {
        body: Vec<Statement>,
        catch: Option<Vec<Statement>>,
        finally: Vec<Statement>,
    },
    Break,
    Continue,
    Return(Option<Box<Statement>>),
    Throw(Option<Box<Statement>>),
    Exit(Option<Box<Statement>>),
    /// Something that is not read, with the reason.
    NotRead(String),
}

/// How the clauses of a `switch` are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SwitchMode {
    Exact,
    Wildcard,
    Regex,
}

/// When a `do` loop ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// `do … while`.
    False,
    /// `do … until`.
    True,
}

/// A part of a pipeline.
#[derive(Debug)]
pub(super) enum Element {
    Expression(Expression, Vec<Redirection>),
    Command(Command),
}

/// A command with its arguments.
#[derive(Debug)]
pub(super) struct Command {
    pub(super) text: String,
    pub(super) call: Call,
    pub(super) name: Expression,
    pub(super) arguments: Vec<Argument>,
    pub(super) redirections: Vec<Redirection>,
}

/// How a command is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    /// By its name.
    Name,
    /// By `&`.
    Ampersand,
    /// By `.`, in the caller's scope.
    Dot,
}

/// A word after a command's name.
#[derive(Debug)]
pub(super) enum Argument {
    /// `-Name` or `-Name:value`.
    Parameter(String, Option<Expression>),
    Value(Expression),
    /// What follows `--%`.
    Verbatim(String),
}

/// A redirection of output to a file; those between streams are left out.
#[derive(Debug)]
pub(super) struct Redirection {
    pub(super) stream: u8,
    pub(super) appends: bool,
    pub(super) target: Expression,
}

/// A script block.
#[derive(Debug, Default)]
pub(super) struct Block {
    pub(super) text: String,
    pub(super) parameters: Vec<Parameter>,
    pub(super) begin: Vec<Statement>,
    pub(super) process: Vec<Statement>,
    pub(super) end: Vec<Statement>,
}

/// A parameter of a function.
#[derive(Debug)]
pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) is_switch: bool,
    pub(super) default: Option<Expression>,
}

#[derive(Debug)]
pub(super) enum Expression {
    Integer(i64),
    Real(f64),
    Text(String),
    Expandable(Vec<Piece>),
    Variable(String),
    Splat(String),
    Type(String),
    Cast(String, Box<Expression>),
    Unary(&'static str, Box<Expression>),
    Binary(&'static str, Box<Expression>, Box<Expression>),
    /// Values with commas between them, and how the first comma is written.
    List(Vec<Expression>, &'static str),
    /// `@(…)`.
    Array(Vec<Statement>),
    /// `$(…)`.
    Sub(Vec<Statement>),
    Parenthesis(Box<Statement>),
    Table(Vec<(Expression, Statement)>),
    Block(Rc<Block>),
    Member(Box<Expression>, Box<Expression>),
    StaticMember(Box<Expression>, Box<Expression>),
    Index(Box<Expression>, Box<Expression>),
    Invoke(Box<Expression>, Box<Expression>, Vec<Expression>),
    InvokeStatic(Box<Expression>, Box<Expression>, Vec<Expression>),
    /// `++` or `--` before or after a variable.
    Step(Box<Expression>, i64),
}

/// A part of a text that is expanded.
#[derive(Debug)]
pub(super) enum Piece {
    Text(String),
    Value(Expression),
}
