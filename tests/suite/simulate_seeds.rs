//! The fuzzer's checks of simulation on a stable compiler: its seeds, and any text.

use std::fs;
use std::path::Path;

use proptest::prelude::*;

#[path = "../../fuzz/checks/simulate.rs"]
mod check;

/// Carries out a text; says whether it left anything.
type Check = fn(&[u8]) -> bool;

#[test]
fn seeds_and_findings_of_the_fuzzer_pass() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds");
    let targets: [(&str, Check); 4] = [
        ("simulate_cmd", check::cmd),
        ("simulate_powershell", check::powershell),
        ("simulate_posix", check::posix),
        ("simulate_clouds", check::clouds),
    ];
    for (target, run) in targets {
        let mut count = 0;
        for entry in fs::read_dir(root.join(target))
            .expect("the seeds")
            .flatten()
        {
            println!("{}", entry.path().display());
            let bytes = fs::read(entry.path()).expect("a seed");
            assert!(run(&bytes), "nothing is left by it");
            run(&bytes[..bytes.len() / 2]);
            count += 1;
        }
        assert!(count >= 3, "only {count} seeds of {target}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_text_is_carried_out_in_bounded_steps(
        text in r#"([a-z]{1,5}|[ \n&|<>()%!"'$`;{}@#^=\\/:.,~*?\[\]-]|echo|set|if|for|call|\{\}|%%i){0,60}"#
    ) {
        check::cmd(text.as_bytes());
        check::powershell(text.as_bytes());
        check::posix(text.as_bytes());
    }

    #[test]
    fn any_arguments_of_the_command_lines_of_clouds_are_taken_apart(
        text in r#"(aws (ssm send-command|ec2 run-instances|iam create-role|s3 cp)|az vm run-command invoke) (--?[a-z-]{1,14}[ =]|--query |--parameters |--filters |[a-zA-Z0-9{}\[\],.=:'"\`&|@?*()-]{1,9} ?){0,24}"#
    ) {
        check::clouds(text.as_bytes());
    }
}
