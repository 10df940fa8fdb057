//! No secret gets out, and nothing else is masked.

use std::io::Write;

use misfire::report::mask::{Form, Masked, Secrets, mask};
use proptest::prelude::*;
use rstest::rstest;
use serde_json::{Value, json};

/// What comes out if a text is written in pieces of some bytes each.
fn written(text: &str, form: Form, secrets: &Secrets, piece: usize) -> String {
    let mut out = Vec::new();
    let mut masked = Masked::new(&mut out, form, secrets.clone());
    for piece in text.as_bytes().chunks(piece.max(1)) {
        masked.write_all(piece).expect("a vector takes all");
        masked.flush().expect("a vector takes all");
    }
    masked.finish().expect("a vector takes all");
    drop(masked);
    String::from_utf8(out).expect("UTF-8")
}

fn plain(text: &str) -> String {
    mask(text, &Secrets::default()).into_owned()
}

// Put together, so that no scanner takes the test for a leak.
const KEY_ID: &str = concat!("AK", "IAQ3EGRIFZTC7ZPLMN");
const SECRET_KEY: &str = concat!("v9Xq2LmN8bT4/rK7wE1z", "Yc5HgD0sJ6uPaFi3+oUe");

#[rstest]
#[case(&format!("user {KEY_ID} called"), "user AKIA[masked aws-access-key] called")]
#[case(
    &format!("{KEY_ID} {SECRET_KEY}"),
    "AKIA[masked aws-access-key] [masked aws-secret-key]"
)]
#[case(
    &format!("aws_secret_access_key = {SECRET_KEY}"),
    "aws_secret_access_key = [masked aws-secret-key]"
)]
#[case(
    &format!("gh{}_{}", "p", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"),
    "ghp_[masked github-token]"
)]
#[case(
    &format!("gl{}-{}", "pat", "a1B2c3D4e5F6g7H8i9J0"),
    "glpat-[masked gitlab-token]"
)]
#[case(
    &format!("xo{}-{}", "xb", "123456789012-abcdefABCDEF"),
    "xoxb-[masked slack-token]"
)]
#[case(
    "x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJlMTIz y",
    "x [masked jwt] y"
)]
#[case(
    "https://a.blob.core.windows.net/c?sv=2024-01-01&sp=r&sig=Zm9vYmFyYmF6cXV1eDEyMzQ1Ng%3D%3D&se=1",
    "https://a.blob.core.windows.net/c?sv=2024-01-01&sp=r&sig=[masked azure-sas]&se=1"
)]
#[case(
    "DefaultEndpointsProtocol=https;AccountName=x;AccountKey=Zm9vYmFyYmF6cXV1eDEyMzQ1Ng==;EndpointSuffix=y",
    "DefaultEndpointsProtocol=https;AccountName=x;AccountKey=[masked key];EndpointSuffix=y"
)]
#[case(
    "Authorization: Bearer abc.def",
    "Authorization: Bearer [masked authorization]"
)]
#[case(
    "curl -H 'Authorization: Basic YXZlcnk6aHVudGVyMg==' x",
    "curl -H 'Authorization: Basic [masked authorization]' x"
)]
#[case(
    "curl -u avery:hunter2 https://x",
    "curl -u avery:[masked password] https://x"
)]
#[case(
    "tool --password hunter2 --verbose",
    "tool --password [masked password] --verbose"
)]
#[case("tool --password=hunter2,;& x", "tool --password=[masked password] x")]
#[case(
    "tool --password 'hunter 2' x",
    "tool --password '[masked password]' x"
)]
#[case(
    r#"tool /password:"hunter 2" x"#,
    r#"tool /password:"[masked password]" x"#
)]
#[case(
    r#"cmd /c "tool /password:\"hunter 2\" x""#,
    r#"cmd /c "tool /password:\"[masked password]\" x""#
)]
#[case(
    "msiexec SET_PASSWORD=1 VALUE_OF_PASSWORD=hunter2 /qn",
    "msiexec SET_PASSWORD=1 VALUE_OF_PASSWORD=[masked password] /qn"
)]
#[case("tool.exe /passwd hunter2", "tool.exe /passwd [masked password]")]
#[case("x/passwd=hunter2", "x/passwd=[masked password]")]
#[case("Server=x;Uid=y;Pwd=hunter2;", "Server=x;Uid=y;Pwd=[masked password];")]
#[case(
    "https://avery:hunter2@host/x",
    "https://avery:[masked password]@host/x"
)]
#[case("net user avery hunter2 /add", "net user avery [masked password] /add")]
#[case(
    "schtasks /create /ru x /rp hunter2",
    "schtasks /create /ru x /rp [masked password]"
)]
#[case(
    "ConvertTo-SecureString 'hunter2' -AsPlainText -Force",
    "ConvertTo-SecureString '[masked password]' -AsPlainText -Force"
)]
#[case(
    "echo hunter2 | anydesk.exe --set-password",
    "echo [masked password] | anydesk.exe --set-password"
)]
#[case(
    r#"x={"tokenValue":"hunter2","a":1}"#,
    r#"x={"tokenValue":"[masked token]","a":1}"#
)]
#[case(
    r#"{\"password\": \"hunter2\"}"#,
    r#"{\"password\": \"[masked password]\"}"#
)]
#[case(
    "<Password>hunter2</Password>",
    "<Password>[masked password]</Password>"
)]
#[case(
    "wss://ssmmessages.eu-central-1.amazonaws.com/v1/data-channel/avery-0a1b2c?role=publish&cell-number=AAEB",
    "wss://ssmmessages.eu-central-1.amazonaws.com/v1/data-channel/avery-0a1b2c?[masked ssm-stream]"
)]
#[case(
    r"k: -----BEGIN RSA PRIVATE KEY-----\nMIIEow\nx==\n-----END RSA PRIVATE KEY----- y",
    "k: -----BEGIN RSA PRIVATE KEY-----[masked private-key]-----END RSA PRIVATE KEY----- y"
)]
fn a_secret_is_masked_and_its_kind_is_told(#[case] text: &str, #[case] wanted: &str) {
    assert_eq!(plain(text), wanted);
    assert_eq!(plain(wanted), wanted, "masking again changes nothing");
}

/// Programs that take a secret where its name does not stand beside it.
#[rstest]
#[case(
    "aws configure set aws_secret_access_key wJalr/K7+x",
    "aws configure set aws_secret_access_key [masked aws-secret-key]"
)]
#[case(
    "aws.exe configure set default.aws_secret_access_key 'wJalr/K7+x' --profile a",
    "aws.exe configure set default.aws_secret_access_key '[masked aws-secret-key]' --profile a"
)]
#[case(
    "aws configure set aws_session_token hunter2",
    "aws configure set aws_session_token [masked aws-session-token]"
)]
#[case("az login -u a -p hunter2", "az login -u a -p [masked password]")]
#[case(
    "az login --service-principal -u a -p \"hunter 2\" --tenant t",
    "az login --service-principal -u a -p \"[masked password]\" --tenant t"
)]
#[case(
    r"psexec.exe \\h -u a -p hunter2 cmd",
    r"psexec.exe \\h -u a -p [masked password] cmd"
)]
#[case(
    r"C:\x\PsExec64.exe -accepteula \\h -i 2 -s -u CORP\a -p hunter2 cmd /c mkdir -p x",
    r"C:\x\PsExec64.exe -accepteula \\h -i 2 -s -u CORP\a -p [masked password] cmd /c mkdir -p x"
)]
#[case(
    r#""C:\x\psexec.exe" \\h -u a -p "hunter 2" cmd"#,
    r#""C:\x\psexec.exe" \\h -u a -p "[masked password]" cmd"#
)]
#[case("plink.exe -pw hunter2 h", "plink.exe -pw [masked password] h")]
#[case(
    "echo y | plink -ssh -P 22 -l a -pw hunter2 h id",
    "echo y | plink -ssh -P 22 -l a -pw [masked password] h id"
)]
#[case(
    "docker login -u a -p hunter2 r.example",
    "docker login -u a -p [masked password] r.example"
)]
#[case(
    "docker --config x login -u a -phunter2",
    "docker --config x login -u a -p[masked password]"
)]
#[case(
    r"net use z: \\h\s hunter2 /user:a",
    r"net use z: \\h\s [masked password] /user:a"
)]
#[case(
    r"net.exe use \\h\s /persistent:no /user:a hunter2",
    r"net.exe use \\h\s /persistent:no /user:a [masked password]"
)]
#[case("vncpasswd hunter2", "vncpasswd [masked password]")]
#[case(
    "echo hunter2 | vncpasswd -f > x",
    "echo [masked password] | vncpasswd -f > x"
)]
#[case("mysql -uroot -phunter2", "mysql -uroot -p[masked password]")]
#[case(
    "mysqldump.exe -u root -p'hunter 2' db",
    "mysqldump.exe -u root -p'[masked password]' db"
)]
#[case(
    "mysql -uroot -phunter2 a; mysql -uroot -phunter3 b",
    "mysql -uroot -p[masked password] a; mysql -uroot -p[masked password] b"
)]
fn a_secret_is_known_by_the_program_that_takes_it(#[case] text: &str, #[case] wanted: &str) {
    assert_eq!(plain(text), wanted);
    assert_eq!(plain(wanted), wanted, "masking again changes nothing");
    let document = json!({"CommandLine": text}).to_string();
    let seen = written(&document, Form::Json, &Secrets::default(), 5);
    assert_eq!(seen, json!({"CommandLine": wanted}).to_string());
}

#[rstest]
#[case("mkdir -p x")]
#[case("ssh -p 22 avery@h")]
#[case("netstat -p tcp")]
#[case("docker run -p 80:80 nginx")]
#[case("docker run image login -p 80")]
#[case("az vm create -p x")]
#[case("az login -u a && mkdir -p x")]
#[case("mysql -u root -p db")]
#[case("mysql -u root -P 3306 db")]
#[case("mysql db | tee -phunter2")]
#[case(r"psexec.exe \\h -s cmd /c mkdir -p x")]
#[case(r"psexec.exe \\h -p")]
#[case("plink -P 22 -l a h")]
#[case("plink.exe -pwfile x h")]
#[case("aws configure set region eu-central-1")]
#[case("aws configure get aws_secret_access_key")]
#[case("vncpasswd -f")]
#[case("vncpasswd ~/.vnc/passwd")]
#[case("vncpasswd /etc/vnc/passwd")]
#[case(r"net use z: \\h\s")]
#[case(r"net use z: \\h\s /persistent:yes")]
#[case(r"net use z: \\h\s * /user:a")]
#[case("net use z: /delete")]
fn what_other_programs_take_there_is_left(#[case] text: &str) {
    assert_eq!(plain(text), text);
}

#[rstest]
#[case("S-1-5-21-1004336348-1177238915-682003330-1128")]
#[case("6f1c2f60-1f52-4a83-90a4-1b0f6bfb0004")]
#[case("SHA256=E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855,IMPHASH=1B2C")]
#[case("da39a3ee5e6b4b0d3255bfef95601890afd80709")]
#[case("TokenElevationType=%%1936 MandatoryLabel=S-1-16-12288")]
#[case("System.Core, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089")]
#[case("sudo: avery : PWD=/home/avery ; USER=root ; COMMAND=/bin/id")]
#[case("powershell -ExecutionPolicy Bypass -File x.ps1")]
#[case(r"HKU\S-1-5-18\Software\Microsoft\Windows\CurrentVersion\Run registry_key=HKLM\x")]
#[case("the password was changed, and the token: none")]
#[case("clientToken=6f1c2f60-1f52-4a83-90a4-1b0f6bfb0004&nextToken=abcdef")]
#[case("tokenValue=Value hidden due to security reasons.")]
#[case("--password #{password} --token %%2048")]
#[case("net use Z: \\\\host\\share")]
#[case("cat /etc/passwd  Image=/usr/bin/cat")]
#[case("grep root /etc/passwd accounts.txt")]
#[case("cat: /etc/passwd: Permission denied")]
#[case("session avery-0a1b2c3d4e5f6a7b8 of i-0a1b2c3d4e5f6a7b8, arn:aws:iam::111122223333:role/x")]
fn what_is_no_secret_is_left(#[case] text: &str) {
    assert_eq!(plain(text), text);
}

#[test]
fn a_key_over_several_lines_is_masked_and_what_follows_is_not() {
    let body = "MIIEowIBAAKCAQEAx1/ab+cd0123456789abcdefghijklmnopqrstuvwxyzABCD";
    let key = format!(
        "a: |\n  -----BEGIN PRIVATE KEY-----\n  {body}\n  {body}\n  Zm8=\n  -----END PRIVATE KEY-----\nTheNextLineHasALongWord: yes\n"
    );
    let seen = written(&key, Form::Text, &Secrets::default(), 7);
    assert!(!seen.contains("MIIE") && !seen.contains("Zm8"), "{seen}");
    assert!(seen.ends_with("TheNextLineHasALongWord: yes\n"), "{seen}");
}

#[test]
fn in_json_the_name_of_a_key_is_enough() {
    let document = json!({
        "password": "a \"b\" \\c", "tokens": 3, "list": {"apiKey": ["x1", "y2"], "n": "kept"},
        "pin": {"secret": 123456}, "hidden": {"tokenValue": null, "token": "#{token}"},
        "line": "tool --password \"a b\" --name build-box",
    });
    for text in [
        document.to_string(),
        serde_json::to_string_pretty(&document).expect("JSON"),
    ] {
        let seen = written(&text, Form::Json, &Secrets::default(), 3);
        let seen: Value = serde_json::from_str(&seen).expect("still JSON");
        assert_eq!(
            seen,
            json!({
                "password": "[masked password]", "tokens": 3,
                "list": {"apiKey": ["[masked key]", "[masked key]"], "n": "kept"},
                "pin": {"secret": "[masked secret]"},
                "hidden": {"tokenValue": null, "token": "#{token}"},
                "line": "tool --password \"[masked password]\" --name build-box",
            })
        );
    }
}

#[test]
fn bytes_that_are_no_text_pass_as_they_are() {
    let mut out = Vec::new();
    let mut masked = Masked::new(&mut out, Form::Text, Secrets::default());
    masked
        .write_all(b"\xff password=x1 \xfe\nrest")
        .expect("room");
    drop(masked);
    assert_eq!(out, b"\xff password=[masked password] \xfe\nrest");
}

/// A secret, and the text around it that makes it known.
fn planted() -> impl Strategy<Value = (String, String)> {
    let secret = "[A-Za-z0-9!$%^*+=?@_~-]{6,24}"
        .prop_map(|text| format!("Q{text}9"))
        .prop_filter("no switch", |text| !text.contains("%%"));
    let around = prop::sample::select(vec![
        ("tool --password ", ""),
        ("tool /password:", ""),
        ("tool --client-secret=", " --x"),
        ("x\tpassword = \"", "\""),
        ("{'api_key': '", "'}"),
        ("{\"sessionToken\":\"", "\"}"),
        ("{\\\"secret\\\":\\\"", "\\\"}"),
        ("AccountKey=", ";x"),
        ("<adminPassword>", "</adminPassword>"),
        ("schtasks /ru x /rp ", ""),
        ("net user avery ", " /add"),
    ]);
    let shaped = prop_oneof![
        "(AKIA|ASIA)[A-Z2-7]{16}",
        "gh[pousr]_[A-Za-z0-9]{36}",
        "glpat-[A-Za-z0-9_-]{20}",
        "xox[bp]-[0-9]{12}-[A-Za-z0-9]{24}",
        "eyJ[A-Za-z0-9]{12}\\.eyJ[A-Za-z0-9]{20}\\.[A-Za-z0-9_-]{20}",
        "IQoJb3JpZ2lu[A-Za-z0-9+/]{60}",
        "AAEAA[A-Za-z0-9+/]{60}",
    ]
    // What the kind is told by stays.
    .prop_map(|secret| (secret.clone(), secret[6..].to_owned()));
    prop_oneof![
        (secret, around)
            .prop_map(|(secret, (front, back))| (format!("{front}{secret}{back}"), secret)),
        shaped,
    ]
}

/// Text of a log that holds no secret.
fn harmless() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop_oneof![
            "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
            "[0-9a-f]{32}|[0-9a-f]{40}|[0-9A-F]{64}",
            "S-1-5-21-[0-9]{9}-[0-9]{9}-[0-9]{9}-[0-9]{4}",
            r"C:\\(Users|Windows)\\[a-d]{1,8}\\[a-d]{1,8}\.exe",
            "[0-9]{1,12}",
            "\u{e9}|\u{4e2d}|\u{1f600}|\"|'|\\\\|<|>|&|=|: |, |\t",
            "i-[0-9a-f]{17}",
        ],
        0..12,
    )
    .prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_planted_secret_survives(
        (text, hidden) in planted(),
        before in harmless(),
        behind in harmless(),
        piece in 1usize..40,
    ) {
        // A quote before it would quote the rest of the line.
        let before = before.replace(['"', '\'', '\\', '<', '>'], " ");
        let line = format!("{before} {text} {behind}\n");
        let secrets = Secrets::default();
        let seen = written(&line, Form::Text, &secrets, piece);
        prop_assert!(!seen.contains(&hidden), "{seen}");

        let document = json!({"a": [line], "b": {"c": line}});
        let text = serde_json::to_string_pretty(&document).expect("JSON");
        let seen = written(&text, Form::Json, &secrets, piece);
        prop_assert!(serde_json::from_str::<Value>(&seen).is_ok(), "{seen}");
        prop_assert!(!seen.contains(&hidden), "{seen}");

        let escaped = quick_xml::escape::escape(&line);
        let text = format!("<a b=\"{escaped}\"><c>{escaped}</c></a>");
        let seen = written(&text, Form::Xml, &secrets, piece);
        prop_assert!(!seen.contains(&hidden), "{seen}");
        let mut reader = quick_xml::Reader::from_str(&seen);
        loop {
            match reader.read_event() {
                Ok(quick_xml::events::Event::Eof) => break,
                Ok(_) => {}
                Err(error) => prop_assert!(false, "{error}: {seen}"),
            }
        }
    }

    #[test]
    fn what_holds_no_secret_is_unchanged(text in harmless(), piece in 1usize..40) {
        for form in [Form::Text, Form::Json, Form::Xml] {
            prop_assert_eq!(written(&text, form, &Secrets::default(), piece), text.clone());
        }
    }

    /// What could be any word is not: it would be found inside of names and paths.
    #[test]
    fn a_secret_that_is_known_by_name_is_masked_wherever_it_stands(
        secret in r#"[a-z][0-9][A-Za-z0-9\\"' &<>/+]{2,18}[A-Z+]"#,
        before in harmless(),
    ) {
        prop_assume!(secret.trim().len() >= 6);
        let mut secrets = Secrets::default();
        secrets.add("vnc_password", &secret);
        let line = format!("{before} x{secret}y\n");
        let seen = written(&line, Form::Text, &secrets, 5);
        prop_assert!(!seen.contains(&secret), "{seen}");
        let text = json!({"a": line, "b": json!({"c": line}).to_string()}).to_string();
        let seen = written(&text, Form::Json, &secrets, 5);
        let seen: Value = serde_json::from_str(&seen).expect("still JSON");
        for key in ["a", "b"] {
            prop_assert!(!seen[key].to_string().contains(&secret), "{seen}");
        }
    }

    #[test]
    fn anything_at_all_passes_without_harm(text in any::<String>(), cut in ".{0,8}(password|token|secret|sig|curl -u|/rp |net user )[=: \"'\\\\<>a\u{e9}]{0,9}") {
        let _ = plain(&text);
        let _ = plain(&cut);
        for form in [Form::Text, Form::Json, Form::Xml] {
            let _ = written(&cut, form, &Secrets::default(), 2);
        }
    }
}

/// The public library has a password that is part of every other word.
#[test]
fn a_word_that_is_a_password_somewhere_is_masked_only_beside_its_name() {
    let mut secrets = Secrets::default();
    for word in ["atomic", "certutil", "Atomic", "4444"] {
        secrets.add("scp_password", word);
    }
    let text = "atomic-red-team, Atomic, certutil.exe, 14444, scp_password=certutil";
    let seen = written(text, Form::Text, &secrets, 7);
    assert!(
        seen.starts_with("atomic-red-team, Atomic, certutil.exe, 14444, "),
        "{seen}"
    );
    assert!(!seen.contains("=certutil"), "{seen}");
}

#[test]
fn a_page_keeps_its_tags_its_style_and_its_script() {
    let mut secrets = Secrets::default();
    secrets.add("password", "S3cret<&\"x");
    secrets.add("password", "aria-pressed-1");
    let key = ["-----BEGIN RSA PRIV", "ATE KEY-----"].concat();
    let page = format!(
        "<style>\n.aria-pressed-1 {{}}\n</style><p class=\"aria-pressed-1\">set S3cret&lt;&amp;&quot;x\n\
         now</p><pre>{key}\n{KEY_ID}{KEY_ID}{KEY_ID}\ncut off</pre>\
         <a id=\"abcdefabcdefabcdefabcdefabcdef\">aria-pressed-1</a><script>\n\
         let a = \"aria-pressed-1\" < \"--password hunter2\";\n</script><i>--password hunter2</i>\n"
    );
    let wanted = format!(
        "<style>\n.aria-pressed-1 {{}}\n</style><p class=\"aria-pressed-1\">set [masked password]\n\
         now</p><pre>{key}[masked private-key][masked private-key]\ncut [masked private-key]</pre>\
         <a id=\"abcdefabcdefabcdefabcdefabcdef\">[masked password]</a><script>\n\
         let a = \"aria-pressed-1\" < \"--password hunter2\";\n</script><i>--password [masked password]</i>\n"
    );
    for piece in [1, 7, 4_096] {
        assert_eq!(written(&page, Form::Html, &secrets, piece), wanted);
    }
}
