//! Why macros could not be put in.

use std::fmt;

use crate::detect::spl::syntax::span::Span;

/// A macro call, a comment, or a quote that cannot be expanded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MacroError {
    /// Where, in the text as written. Within a macro's definition, where the
    /// outermost macro was called.
    pub span: Span,
    /// The macro; empty if there is none.
    pub name: String,
    /// What is wrong.
    pub problem: MacroProblem,
}

/// What is wrong with a macro call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MacroProblem {
    /// There is no macro of this name.
    Missing,
    /// There is one, with other numbers of arguments.
    WrongArity {
        /// How many it was given.
        given: usize,
        /// How many it takes.
        known: Vec<usize>,
    },
    /// The macro calls itself.
    Recursion,
    /// Macros call macros too often.
    TooDeep {
        /// How often at most.
        limit: usize,
    },
    /// The expanded search is too long, or takes too many steps.
    TooLarge,
    /// The backtick is never closed.
    Unclosed,
    /// What stands between the backticks is no call.
    Malformed,
    /// The comment is never closed.
    UnclosedComment,
}

impl fmt::Display for MacroError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        match &self.problem {
            MacroProblem::Missing => write!(f, "there is no macro `{name}`"),
            MacroProblem::WrongArity { given, known } => {
                let known: Vec<String> = known.iter().map(ToString::to_string).collect();
                write!(
                    f,
                    "the macro `{name}` takes {} arguments and was given {given}",
                    known.join(" or ")
                )
            }
            MacroProblem::Recursion => write!(f, "the macro `{name}` calls itself"),
            MacroProblem::TooDeep { limit } => {
                write!(
                    f,
                    "the macro `{name}` is called more than {limit} levels deep"
                )
            }
            MacroProblem::TooLarge => f.write_str("the expanded search is too large"),
            MacroProblem::Unclosed => f.write_str("this backtick is never closed"),
            MacroProblem::Malformed => f.write_str("this is not the call of a macro"),
            MacroProblem::UnclosedComment => f.write_str("this comment is never closed"),
        }
    }
}

impl std::error::Error for MacroError {}
