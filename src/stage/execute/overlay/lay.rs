//! Laying overlays over the file systems of this host, in a namespace of their own.
//!
//! The calls are those of `mount_namespaces(7)`, `mount(2)`, and `pivot_root(2)`; the
//! options are those of the kernel's documentation of overlayfs. What is written goes to a
//! file system in memory that nothing but the namespace holds, so nothing is left when the
//! last process in it has ended, however that came.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::thread;

use nix::errno::Errno;
use nix::libc;
use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sched::{CloneFlags, unshare};
use nix::unistd::{chdir, geteuid, pivot_root};

use super::mounts::{Holds, Mount, mounts};
use super::{Layer, Overlay, OverlayError};

/// The mounts of the calling thread.
const OWN_MOUNTS: &str = "/proc/thread-self/mountinfo";

/// What the overlays are asked for, the most first: an old kernel does not know all of it.
/// With these a folder can be renamed as ever, and a change of permissions copies no file.
const WISHES: [&str; 3] = [",redirect_dir=on,metacopy=on", ",redirect_dir=on", ""];

/// Lays overlays over all that can be changed. `staging` is an empty folder; `kept` stays
/// as it is, and cannot be changed from within.
pub(super) fn lay(staging: &Path, kept: Option<&Path>) -> Result<Overlay, OverlayError> {
    could_lay()?;
    let staging = fs::canonicalize(staging).map_err(OverlayError::at("the folder for it"))?;
    let kept = kept
        .map(fs::canonicalize)
        .transpose()
        .map_err(OverlayError::at("the folder of scripts"))?;
    // What a thread does to its own namespace does not concern the others.
    thread::Builder::new()
        .name("misfire-overlay".to_owned())
        .spawn(move || lay_here(&staging, kept.as_deref()))
        .map_err(OverlayError::at("a thread for it"))?
        .join()
        .unwrap_or_else(|_| {
            Err(OverlayError::at("it")(io::Error::other(
                "its thread failed",
            )))
        })
}

/// Whether an overlay is worth a try.
pub(super) fn could_lay() -> Result<(), OverlayError> {
    if !geteuid().is_root() {
        return Err(OverlayError::NotRoot);
    }
    match is_known() {
        true => Ok(()),
        false => Err(OverlayError::NotInKernel),
    }
}

/// Whether the kernel has overlays, or may load them when one is asked for.
fn is_known() -> bool {
    let known = fs::read_to_string("/proc/filesystems").unwrap_or_default();
    let is_loaded = known
        .lines()
        .any(|line| line.trim_end().ends_with("\toverlay"));
    is_loaded || Path::new("/proc/modules").exists()
}

fn lay_here(staging: &Path, kept: Option<&Path>) -> Result<Overlay, OverlayError> {
    unshare(CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_FS)
        .map_err(at("a namespace for mounts"))?;
    let change = MsFlags::MS_REC | MsFlags::MS_PRIVATE;
    mount(NOTHING, "/", NOTHING, change, NOTHING).map_err(at("a namespace for mounts"))?;
    let before = visible(&fs::read(OWN_MOUNTS).map_err(OverlayError::at("the mounts"))?);
    let (kind, mode) = (Some("tmpfs"), Some("mode=0700"));
    mount(Some("misfire"), staging, kind, MsFlags::empty(), mode)
        .map_err(at("a file system in memory"))?;
    let root = staging.join("root");
    let layers = staging.join("layers");
    make(&root)?;
    make(&layers)?;
    let (mut covered, mut notes) = (Vec::new(), Vec::new());
    for mounted in &before {
        let to = below(&root, &mounted.point);
        let layer = layers.join(mounted.id.to_string());
        match mounted.holds {
            Holds::Kernel | Holds::Constants => bind_if_possible(&mounted.point, &to),
            Holds::Files => match cover(&mounted.point, &to, &layer) {
                Ok(upper) => covered.push(Layer {
                    point: mounted.point.clone(),
                    upper: upper.into(),
                }),
                Err(error) if mounted.point == Path::new("/") => return Err(error),
                Err(_) => notes.push(read_only(mounted, &to)?),
            },
        }
    }
    if let Some(kept) = kept {
        bind_read_only(kept, &below(&root, kept)).map_err(at("the folder of scripts"))?;
    }
    move_to(&root)?;
    let namespace = File::open("/proc/thread-self/ns/mnt");
    Ok(Overlay {
        namespace: namespace.map_err(OverlayError::at("the namespace"))?.into(),
        root: File::open("/")
            .map_err(OverlayError::at("its root"))?
            .into(),
        layers: covered,
        mounted: points()?,
        notes,
    })
}

/// No source, type, or data.
const NOTHING: Option<&str> = None;

fn at(what: &'static str) -> impl FnOnce(Errno) -> OverlayError {
    move |error| OverlayError::at(what)(error.into())
}

fn make(folder: &Path) -> Result<(), OverlayError> {
    DirBuilder::new()
        .mode(0o755)
        .create(folder)
        .map_err(OverlayError::at("a folder in memory"))
}

/// The mounts that can be reached, each point once: later ones hide earlier ones.
fn visible(text: &[u8]) -> Vec<Mount> {
    let mut mounts = mounts(text);
    mounts.retain(|mount| id_at(&mount.point) == Some(mount.id));
    mounts.sort_by(|a, b| a.point.cmp(&b.point));
    mounts
}

/// The number of the mount in which a path ends (`proc_pid_fdinfo(5)`).
fn id_at(path: &Path) -> Option<u64> {
    let file = File::options()
        .read(true)
        .custom_flags(libc::O_PATH | libc::O_NOFOLLOW)
        .open(path)
        .ok()?;
    let told = fs::read_to_string(format!("/proc/thread-self/fdinfo/{}", file.as_raw_fd())).ok()?;
    let id = told.lines().find_map(|line| line.strip_prefix("mnt_id:"))?;
    id.trim().parse().ok()
}

fn below(root: &Path, path: &Path) -> PathBuf {
    root.join(path.strip_prefix("/").unwrap_or(path))
}

/// Lays an overlay over what is mounted at `point`, as `to`; the folder of its changes.
fn cover(point: &Path, to: &Path, layer: &Path) -> Result<File, OverlayError> {
    let facts = fs::metadata(point).map_err(OverlayError::at("a mounted file system"))?;
    let (upper, work) = (layer.join("up"), layer.join("work"));
    for folder in [layer, &upper, &work] {
        make(folder)?;
    }
    // The folder of the changes is what the root of the overlay looks like.
    chown(&upper, Some(facts.uid()), Some(facts.gid()))
        .and_then(|()| fs::set_permissions(&upper, Permissions::from_mode(facts.mode() & 0o7777)))
        .map_err(OverlayError::at("a folder in memory"))?;
    let layers = format!(
        "lowerdir={},upperdir={},workdir={}",
        escaped(point),
        escaped(&upper),
        escaped(&work)
    );
    let mut refusal = Errno::EINVAL;
    for wish in WISHES {
        let options = format!("{layers}{wish}");
        let options = Some(options.as_str());
        match mount(
            Some("overlay"),
            to,
            Some("overlay"),
            MsFlags::empty(),
            options,
        ) {
            Ok(()) => return File::open(&upper).map_err(OverlayError::at("a folder in memory")),
            Err(error) => refusal = error,
        }
    }
    Err(at("an overlay")(refusal))
}

/// A path as it stands among the options of an overlay.
fn escaped(path: &Path) -> String {
    let mut text = String::new();
    for character in path.to_string_lossy().chars() {
        if matches!(character, '\\' | ':' | ',') {
            text.push('\\');
        }
        text.push(character);
    }
    text
}

/// Shows what no test can change, or what an overlay cannot keep from changing; some of it
/// cannot be shown twice, and then is not there.
fn bind_if_possible(from: &Path, to: &Path) {
    let _ = mount(Some(from), to, NOTHING, MsFlags::MS_BIND, NOTHING);
}

fn bind_read_only(from: &Path, to: &Path) -> nix::Result<()> {
    mount(Some(from), to, NOTHING, MsFlags::MS_BIND, NOTHING)?;
    let flags = MsFlags::MS_BIND | MsFlags::MS_REMOUNT | MsFlags::MS_RDONLY;
    mount(NOTHING, to, NOTHING, flags, NOTHING)
}

/// Shows what cannot have an overlay so that it cannot be changed; what is to be known of
/// it.
fn read_only(mounted: &Mount, to: &Path) -> Result<String, OverlayError> {
    let (point, kind) = (mounted.point.display(), &mounted.kind);
    match bind_read_only(&mounted.point, to) {
        Ok(()) => Ok(format!(
            "`{point}` ({kind}) cannot have an overlay, so that it could not be written to"
        )),
        // Half done, it could be written to.
        Err(error) => match umount2(to, MntFlags::MNT_DETACH) {
            Ok(()) | Err(Errno::EINVAL) => Ok(format!(
                "`{point}` ({kind}) cannot have an overlay, and was not there: {}",
                io::Error::from(error)
            )),
            Err(error) => Err(at("what cannot have an overlay")(error)),
        },
    }
}

/// Makes a folder the root of the namespace, and forgets what was.
fn move_to(root: &Path) -> Result<(), OverlayError> {
    let moved = || {
        chdir(root)?;
        pivot_root(".", ".")?;
        umount2(".", MntFlags::MNT_DETACH)?;
        chdir("/")
    };
    moved().map_err(at("its root"))
}

/// Where something is mounted, as the calling thread sees it.
pub(super) fn points() -> Result<Vec<PathBuf>, OverlayError> {
    let text = fs::read(OWN_MOUNTS).map_err(OverlayError::at("the mounts"))?;
    Ok(mounts(&text).into_iter().map(|mount| mount.point).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_option() {
        assert_eq!(escaped(Path::new("/a:b,c\\d e")), "/a\\:b\\,c\\\\d e");
    }
}
