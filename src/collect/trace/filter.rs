//! The seccomp filter: which calls stop.

use std::collections::BTreeMap;

use nix::libc;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen as Length, SeccompCmpOp as Compare,
    SeccompCondition as Condition, SeccompFilter, SeccompRule, sock_filter,
};

use super::arch;
use super::calls::{self, Row, Stops};
use super::error::TraceError;

/// What the filter gives to the tracer with each stop.
const OF_INTEREST: u32 = 1;

const RETURN_TRACE: u32 = libc::SECCOMP_RET_TRACE | OF_INTEREST;

/// Numbers from here on are calls of the x32 interface (`__X32_SYSCALL_BIT`).
pub(super) const X32: u32 = 0x4000_0000;

/// Makes the filter.
pub(super) fn program() -> Result<BpfProgram, TraceError> {
    let failed = |error: seccompiler::BackendError| TraceError::Filter(Box::new(error));
    let mut rules = BTreeMap::new();
    for row in calls::table() {
        if let Some(rule) = rules_of(row).map_err(failed)? {
            rules.insert(row.number, rule);
        }
    }
    let filter = SeccompFilter::new(
        rules,
        SeccompAction::Allow,
        SeccompAction::Trace(OF_INTEREST),
        arch::target()?,
    )
    .map_err(failed)?;
    let program = BpfProgram::try_from(filter).map_err(failed)?;
    with_foreign_calls_stopped(program)
}

/// The rules of a call: one of them must hold. None if the filter lets it pass.
fn rules_of(row: &Row) -> Result<Option<Vec<SeccompRule>>, seccompiler::BackendError> {
    let bits = |argument: usize, bits: u64| {
        SeccompRule::new(vec![condition(argument, Compare::MaskedEq(bits), bits)?])
    };
    Ok(Some(match row.stops {
        Stops::WhenWatched => return Ok(None),
        Stops::Always => Vec::new(),
        Stops::WhenOpenedToChange(flags) => {
            [libc::O_CREAT, libc::O_WRONLY, libc::O_RDWR, libc::O_TRUNC]
                .into_iter()
                .map(|flag| bits(flags, u64::from(flag.cast_unsigned())))
                .collect::<Result<_, _>>()?
        }
        Stops::WhenGiven(argument) => {
            vec![SeccompRule::new(vec![Condition::new(
                u8::try_from(argument).unwrap_or(u8::MAX),
                Length::Qword,
                Compare::Ne,
                0,
            )?])?]
        }
        Stops::WhenBits(argument, mask) => vec![bits(argument, mask)?],
        Stops::WhenBoth(one, other) => vec![SeccompRule::new(vec![
            condition(one.0, Compare::Eq, one.1)?,
            condition(other.0, Compare::Eq, other.1)?,
        ])?],
    }))
}

/// The kernel takes these arguments as 32 bits, and leaves rubbish above unread.
fn condition(
    argument: usize,
    compare: Compare,
    value: u64,
) -> Result<Condition, seccompiler::BackendError> {
    Condition::new(
        u8::try_from(argument).unwrap_or(u8::MAX),
        Length::Dword,
        compare,
        value,
    )
}

/// seccompiler kills a process that makes a call of another architecture, which would
/// break 32-bit programs. They stop here instead, and are told.
fn with_foreign_calls_stopped(mut program: BpfProgram) -> Result<BpfProgram, TraceError> {
    match program.get_mut(2) {
        Some(verdict) if verdict.k == libc::SECCOMP_RET_KILL_PROCESS => verdict.k = RETURN_TRACE,
        _ => {
            return Err(TraceError::Filter(
                "its third instruction is not what it was".into(),
            ));
        }
    }
    let statement = |code: u32, jt, jf, k| {
        u16::try_from(code)
            .map(|code| sock_filter { code, jt, jf, k })
            .map_err(|error| TraceError::Filter(Box::new(error)))
    };
    let mut whole = vec![
        statement(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0, 0)?,
        statement(libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K, 0, 1, X32)?,
        statement(libc::BPF_RET | libc::BPF_K, 0, 0, RETURN_TRACE)?,
    ];
    whole.append(&mut program);
    Ok(whole)
}
