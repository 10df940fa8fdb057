//! What differs between processors: the registers of a call's arguments.

use nix::sys::ptrace;
use nix::unistd::Pid;
use seccompiler::TargetArch;

use super::error::TraceError;

/// The processor that this program runs on, as seccomp names it.
pub(super) fn target() -> Result<TargetArch, TraceError> {
    let name = std::env::consts::ARCH;
    if cfg!(any(target_arch = "x86_64", target_arch = "aarch64")) {
        TargetArch::try_from(name).map_err(|_| TraceError::Architecture(name))
    } else {
        Err(TraceError::Architecture(name))
    }
}

/// Whether the audit architecture of a stopped call is this processor's own.
pub(super) fn is_native(audit: u32) -> bool {
    const X86_64: u32 = 0xc000_003e;
    const AARCH64: u32 = 0xc000_00b7;
    audit
        == if cfg!(target_arch = "x86_64") {
            X86_64
        } else {
            AARCH64
        }
}

/// Replaces the first argument of the call that a task is stopped in.
#[cfg(target_arch = "x86_64")]
pub(super) fn set_first_argument(task: Pid, value: u64) -> nix::Result<()> {
    let mut registers = ptrace::getregs(task)?;
    registers.rdi = value;
    ptrace::setregs(task, registers)
}

/// Replaces the first argument of the call that a task is stopped in.
#[cfg(target_arch = "aarch64")]
pub(super) fn set_first_argument(task: Pid, value: u64) -> nix::Result<()> {
    let mut registers = ptrace::getregs(task)?;
    registers.regs[0] = value;
    ptrace::setregs(task, registers)
}

/// Replaces the first argument of the call that a task is stopped in.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
pub(super) fn set_first_argument(_task: Pid, _value: u64) -> nix::Result<()> {
    Err(nix::errno::Errno::ENOSYS)
}
