//! Exit codes.

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// All as expected.
    Expected,
    /// Something was not as expected.
    Unexpected,
    /// Wrong usage, content, or configuration.
    Wrong,
    /// It could not finish: input could not be read, or it was interrupted.
    Unfinished,
}

/// What an exit code is chosen from.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Facts {
    /// Someone pressed Ctrl-C.
    pub(super) interrupted: bool,
    /// Content is wrong.
    pub(super) wrong: bool,
    /// Input could not be read whole.
    pub(super) damaged: bool,
    /// Something was not as expected.
    pub(super) unexpected: bool,
}

impl Facts {
    /// 2 over 3 over 1, and an interruption is always 3.
    pub(super) fn exit(self) -> Exit {
        if self.interrupted {
            Exit::Unfinished
        } else if self.wrong {
            Exit::Wrong
        } else if self.damaged {
            Exit::Unfinished
        } else if self.unexpected {
            Exit::Unexpected
        } else {
            Exit::Expected
        }
    }
}

impl Exit {
    pub(super) fn code(self) -> u8 {
        match self {
            Self::Expected => 0,
            Self::Unexpected => 1,
            Self::Wrong => 2,
            Self::Unfinished => 3,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
