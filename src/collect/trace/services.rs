//! Services that work for a program outside of its own processes, where the trace does
//! not reach: those that are asked at a socket, and those that read a spool.

use std::path::Path;

/// How a path of a socket or of a file is known.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// It ends with this.
    End(&'static str),
    /// It stands below this folder.
    Below(&'static str),
    /// It stands below this folder, and ends with this.
    BelowAndEnd(&'static str, &'static str),
    /// It holds this.
    Within(&'static str),
    /// A folder whose name begins with this holds it.
    InFolder(&'static str),
    /// It begins with this, in the file system or in the abstract namespace.
    Begin(&'static str),
    /// It is this.
    Whole(&'static str),
}

use Place::{Begin, Below, BelowAndEnd, End, InFolder, Whole, Within};

impl Place {
    /// Whether a path, without `/var` before `/run`, is there.
    fn holds(self, path: &str) -> bool {
        match self {
            End(end) => path.ends_with(end),
            Below(folder) => path.starts_with(folder),
            BelowAndEnd(folder, end) => path.starts_with(folder) && path.contains(end),
            Within(part) => path.contains(part),
            InFolder(begin) => {
                let folders = Path::new(path).parent().into_iter();
                let mut names = folders
                    .flat_map(Path::iter)
                    .filter_map(|name| name.to_str());
                names.any(|name| name.starts_with(begin))
            }
            Begin(begin) => path.strip_prefix('@').unwrap_or(path).starts_with(begin),
            Whole(whole) => path == whole,
        }
    }
}

/// Services at sockets. The paths are those of the documentation of each: `docker(1)`,
/// `tmux(1)` (`TMUX_TMPDIR`, and `/tmp/tmux-UID` without it), `screen(1)` (`SCREENDIR`),
/// the environments of LXD and Incus (`unix.socket` in `LXD_DIR` and `INCUS_DIR`), the
/// D-Bus specification ("Server addresses", "Well-known message bus instances"), and
/// `systemd(1)`.
const SOCKETS: &[(Place, &str)] = &[
    (
        End("/run/nscd/socket"),
        "the name service cache (nscd), which asks name servers itself",
    ),
    (
        Below("/run/systemd/resolve/"),
        "systemd-resolved, which asks name servers itself",
    ),
    (
        End("/run/dbus/system_bus_socket"),
        "the system bus, whose services may start programs",
    ),
    (End("/systemd/private"), "systemd, which may start programs"),
    (
        End("/io.systemd.Manager"),
        "systemd, which may start programs",
    ),
    (End("/docker.sock"), "Docker, which may start programs"),
    (
        End("/containerd.sock"),
        "containerd, which may start programs",
    ),
    (End("/buildkitd.sock"), "BuildKit, which may start programs"),
    (End("/crio.sock"), "CRI-O, which may start programs"),
    (End("/podman.sock"), "Podman, which may start programs"),
    (End("/snapd.socket"), "snapd, which may start programs"),
    (End("/snapd-snap.socket"), "snapd, which may start programs"),
    (End("/lxd/unix.socket"), "LXD, which may start programs"),
    (
        End("/lxd/common/lxd/unix.socket"),
        "LXD, which may start programs",
    ),
    (End("/incus/unix.socket"), "Incus, which may start programs"),
    (
        End("/incus/unix.socket.user"),
        "Incus, which may start programs",
    ),
    (Below("/run/libvirt/"), "libvirt, which may start machines"),
    (
        BelowAndEnd("/run/user/", "/libvirt/"),
        "libvirt, which may start machines",
    ),
    (
        End("/supervisor.sock"),
        "supervisord, which may start programs",
    ),
    (InFolder("tmux-"), "a tmux server, which starts programs"),
    (Within("/screen/S-"), "a screen, which starts programs"),
    (Within("/screens/S-"), "a screen, which starts programs"),
    (Within("/uscreens/S-"), "a screen, which starts programs"),
    (InFolder(".screen"), "a screen, which starts programs"),
    (
        BelowAndEnd("/run/user/", "/bus"),
        "a message bus, whose services may start programs",
    ),
    (
        Begin("/tmp/dbus-"),
        "a message bus, whose services may start programs",
    ),
];

/// What is read by services that start programs at their time: `crontab(5)`, `cron(8)`,
/// `anacron(8)`, `at(1)` and `atd(8)` of Debian and of Red Hat, `incrontab(5)`, and
/// `udev(7)`.
const SPOOLS: &[(Place, &str)] = &[
    (Below("/var/spool/cron/atjobs/"), "atd"),
    (Below("/var/spool/cron/atspool/"), "atd"),
    (Below("/var/spool/at/"), "atd"),
    (Below("/var/spool/atjobs/"), "atd"),
    (Below("/var/spool/cron/"), "cron"),
    (Below("/etc/cron.d/"), "cron"),
    (Below("/etc/cron.hourly/"), "cron"),
    (Below("/etc/cron.daily/"), "cron"),
    (Below("/etc/cron.weekly/"), "cron"),
    (Below("/etc/cron.monthly/"), "cron"),
    (Whole("/etc/crontab"), "cron"),
    (Whole("/etc/anacrontab"), "anacron"),
    (Below("/var/spool/incron/"), "incron"),
    (Below("/etc/incron.d/"), "incron"),
    (Below("/etc/udev/rules.d/"), "udev"),
    (Below("/run/udev/rules.d/"), "udev"),
];

/// The service that answers at a socket, if it is one that works for programs. A name in
/// the abstract namespace begins with `@`.
pub(super) fn asked_at(socket: &str) -> Option<&'static str> {
    let path = socket.strip_prefix("/var").unwrap_or(socket);
    find(SOCKETS, path)
}

/// The service that reads a file, if it is one that starts programs.
pub(super) fn reader_of(file: &str) -> Option<&'static str> {
    find(SPOOLS, file)
}

fn find(table: &[(Place, &'static str)], path: &str) -> Option<&'static str> {
    let mut known = table.iter().filter(|(place, _)| place.holds(path));
    known.next().map(|(_, service)| *service)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each service by a path that it is found at, and one that only looks like it.
    #[test]
    fn services_are_known_by_their_sockets() {
        let known = [
            ("/var/run/nscd/socket", "nscd"),
            (
                "/run/systemd/resolve/io.systemd.Resolve",
                "systemd-resolved",
            ),
            ("/var/run/dbus/system_bus_socket", "system bus"),
            ("/run/systemd/private", "systemd"),
            ("/run/user/1000/systemd/private", "systemd"),
            ("/run/systemd/io.systemd.Manager", "systemd"),
            ("/var/run/docker.sock", "Docker"),
            ("/home/avery/.docker/desktop/docker.sock", "Docker"),
            ("/run/containerd/containerd.sock", "containerd"),
            ("/run/buildkit/buildkitd.sock", "BuildKit"),
            ("/var/run/crio/crio.sock", "CRI-O"),
            ("/run/user/1000/podman/podman.sock", "Podman"),
            ("/run/snapd.socket", "snapd"),
            ("/run/snapd-snap.socket", "snapd"),
            ("/var/lib/lxd/unix.socket", "LXD"),
            ("/var/snap/lxd/common/lxd/unix.socket", "LXD"),
            ("/var/lib/incus/unix.socket", "Incus"),
            ("/var/lib/incus/unix.socket.user", "Incus"),
            ("/var/run/libvirt/libvirt-sock", "libvirt"),
            ("/run/user/1000/libvirt/libvirt-sock", "libvirt"),
            ("/var/run/supervisor.sock", "supervisord"),
            ("/tmp/tmux-1000/default", "tmux"),
            ("/home/avery/tmp/tmux-1000/work", "tmux"),
            ("/run/screen/S-avery/4711.pts-0.lab", "screen"),
            ("/tmp/screens/S-root/1.tty", "screen"),
            ("/home/avery/.screen/4711.pts-0.lab", "screen"),
            ("/run/user/1000/bus", "message bus"),
            ("/run/user/1000/at-spi/bus_0", "message bus"),
            ("@/tmp/dbus-wUq2cT,guid", "message bus"),
            ("/tmp/dbus-wUq2cT", "message bus"),
        ];
        for (path, name) in known {
            let found = asked_at(path);
            assert!(
                found.is_some_and(|found| found.contains(name)),
                "{path}: {found:?}"
            );
        }
        let others = [
            "/run/mysqld/mysqld.sock",
            "/tmp/.X11-unix/X0",
            "/dev/log",
            "/tmp/unix.socket",
            "/tmp/notes/bus",
            "/tmp/tmux.sock",
            "/run/user/1000/pulse/native",
            "@/tmp/.X11-unix/X0",
        ];
        for path in others {
            assert_eq!(asked_at(path), None, "{path}");
        }
    }

    #[test]
    fn services_are_known_by_what_they_read() {
        let known = [
            ("/var/spool/cron/crontabs/root", "cron"),
            ("/var/spool/cron/root", "cron"),
            ("/etc/crontab", "cron"),
            ("/etc/cron.d/persist", "cron"),
            ("/etc/cron.hourly/persist", "cron"),
            ("/etc/cron.daily/persist", "cron"),
            ("/etc/cron.weekly/persist", "cron"),
            ("/etc/cron.monthly/persist", "cron"),
            ("/etc/anacrontab", "anacron"),
            ("/var/spool/cron/atjobs/a0000101b", "atd"),
            ("/var/spool/cron/atspool/a0000101b", "atd"),
            ("/var/spool/at/a0000101b", "atd"),
            ("/var/spool/atjobs/a0000101b", "atd"),
            ("/var/spool/incron/root", "incron"),
            ("/etc/incron.d/x", "incron"),
            ("/etc/udev/rules.d/99-x.rules", "udev"),
            ("/run/udev/rules.d/99-x.rules", "udev"),
        ];
        for (path, name) in known {
            assert_eq!(reader_of(path), Some(name), "{path}");
        }
        for path in [
            "/etc/crontab.bak",
            "/tmp/etc/cron.d/x",
            "/var/spool/mail/root",
        ] {
            assert_eq!(reader_of(path), None, "{path}");
        }
    }
}
