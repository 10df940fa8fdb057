//! The mounted file systems, and which of them hold files that a test can change.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

/// File systems in which the kernel shows itself, and what else holds no files of a disk
/// (`filesystems(5)`, and the kernel's documentation of each).
const OF_KERNEL: [&str; 22] = [
    "autofs",
    "binfmt_misc",
    "bpf",
    "cgroup",
    "cgroup2",
    "configfs",
    "debugfs",
    "devpts",
    "devtmpfs",
    "efivarfs",
    "fusectl",
    "hugetlbfs",
    "mqueue",
    "nfsd",
    "nsfs",
    "proc",
    "pstore",
    "rpc_pipefs",
    "securityfs",
    "selinuxfs",
    "sysfs",
    "tracefs",
];

/// A mounted file system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mount {
    /// Its number in the namespace.
    pub(super) id: u64,
    /// Where it is mounted.
    pub(super) point: PathBuf,
    /// Its type, as `ext4`.
    pub(super) kind: String,
    /// What can be changed in it.
    pub(super) holds: Holds,
}

/// What of a mounted file system can be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// Files.
    Files,
    /// Files that cannot be changed.
    Constants,
    /// The kernel's own settings, or devices.
    Kernel,
}

/// The mounts that `/proc/PID/mountinfo` tells of (`proc_pid_mountinfo(5)`), parents
/// first; lines that are none are passed over.
pub(super) fn mounts(text: &[u8]) -> Vec<Mount> {
    text.split(|byte| *byte == b'\n')
        .filter_map(mount)
        .collect()
}

fn mount(line: &[u8]) -> Option<Mount> {
    let mut fields = line.split(|byte| *byte == b' ');
    let id = str::from_utf8(fields.next()?).ok()?.parse().ok()?;
    let point = unescaped(fields.nth(3)?);
    let options = fields.next()?;
    let mut after = fields.skip_while(|field| *field != b"-").skip(1);
    let kind = String::from_utf8_lossy(after.next()?).into_owned();
    let of_all = after.nth(1).unwrap_or_default();
    let holds = if point == Path::new("/dev") || OF_KERNEL.contains(&kind.as_str()) {
        Holds::Kernel
    } else if is_read_only(options) || is_read_only(of_all) {
        Holds::Constants
    } else {
        Holds::Files
    };
    Some(Mount {
        id,
        point,
        kind,
        holds,
    })
}

fn is_read_only(options: &[u8]) -> bool {
    options.split(|byte| *byte == b',').any(|one| one == b"ro")
}

/// A path without the escapes of spaces and the like: a backslash and three octal digits.
fn unescaped(text: &[u8]) -> PathBuf {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, others)) = rest.split_first() {
        let digits = others.get(..3).filter(|_| *first == b'\\');
        let code = digits
            .and_then(|digits| str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 8).ok());
        match code {
            Some(code) => {
                bytes.push(code);
                rest = others.get(3..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = others;
            }
        }
    }
    PathBuf::from(OsString::from_vec(bytes))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_mounted_is_told_by_what_it_holds() {
        let text = b"27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard\n\
            22 27 0:21 / /proc rw,nosuid shared:5 - proc proc rw\n\
            24 27 0:6 / /dev rw - tmpfs tmpfs rw\n\
            28 27 0:25 / /mnt/a\\040b ro,nosuid master:1 - tmpfs none rw,size=4k\n\
            29 27 0:26 / /cd rw - iso9660 /dev/sr0 ro\n\
            nonsense\n";
        let told: Vec<_> = mounts(text)
            .into_iter()
            .map(|mount| (mount.id, mount.point.display().to_string(), mount.holds))
            .collect();
        let expected = [
            (27, "/", Holds::Files),
            (22, "/proc", Holds::Kernel),
            (24, "/dev", Holds::Kernel),
            (28, "/mnt/a b", Holds::Constants),
            (29, "/cd", Holds::Constants),
        ];
        assert_eq!(
            told,
            expected.map(|(id, point, holds)| (id, point.to_owned(), holds))
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes: Vec<u8>) {
            let _ = mounts(&bytes);
        }
    }
}
