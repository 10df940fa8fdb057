//! From the value of a field to what a signal asks of it.

use super::kinds::How;
use super::record::program;
use super::stable::{Names, Part, escaped, has_variable, is_whole, stretches, trimmed, weight};

/// A stretch of text in a signal is not longer, in characters.
const LONGEST: usize = 200;

/// A stretch with fewer letters and digits says nothing.
const SHORTEST: usize = 3;

/// So many stretches of one value are asked for at most.
const MOST_STRETCHES: usize = 4;

/// The first port that systems choose by themselves.
const FIRST_CHOSEN_PORT: u32 = 32_768;

/// What a signal asks of a field.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Asked {
    /// The field with its modifiers.
    pub(super) key: String,
    pub(super) value: Wanted,
}

/// The value that a field must have.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Wanted {
    /// Text in Sigma's form.
    Text(String),
    /// All of these.
    All(Vec<String>),
    /// A number.
    Number(u32),
    /// A truth value.
    Flag(bool),
}

/// What a signal asks of a field with that value; nothing, if the value says
/// nothing that stays. `actor` is the program of the record, in lower case.
pub(super) fn asked(
    field: &str,
    text: &str,
    how: How,
    actor: &str,
    names: &Names,
) -> Option<Asked> {
    match how {
        How::Program => of_program(field, text, names),
        How::Command => of_command(field, text, actor, names),
        How::Path => of_path(field, text, names, Ends::Short),
        How::Key => of_path(field, text, names, Ends::Whole),
        How::Text => of_text(field, text, names),
        How::Script => of_script(field, text, names),
        How::Port => port(text).map(|port| plain(field, Wanted::Number(port))),
        How::Number => text
            .parse()
            .ok()
            .map(|number| plain(field, Wanted::Number(number))),
        How::Flag => match text {
            "true" | "True" => Some(plain(field, Wanted::Flag(true))),
            "false" | "False" => Some(plain(field, Wanted::Flag(false))),
            _ => None,
        },
    }
}

fn plain(field: &str, value: Wanted) -> Asked {
    Asked {
        key: field.to_owned(),
        value,
    }
}

fn with(field: &str, modifiers: &str, stretch: &[Part]) -> Asked {
    Asked {
        key: format!("{field}|{modifiers}"),
        value: Wanted::Text(escaped(stretch)),
    }
}

/// A port that a service has.
pub(super) fn port(text: &str) -> Option<u32> {
    text.parse()
        .ok()
        .filter(|port| (1..FIRST_CHOSEN_PORT).contains(port))
}

fn of_program(field: &str, path: &str, names: &Names) -> Option<Asked> {
    let Some(at) = path.rfind(['\\', '/']) else {
        return of_text(field, path, names);
    };
    let parts = names.parts(&path[at..]);
    if is_whole(&parts) && weight(&parts) > 0 {
        return Some(with(field, "endswith", &parts));
    }
    longest(field, &parts)
}

fn of_command(field: &str, text: &str, actor: &str, names: &Names) -> Option<Asked> {
    let parts = names.parts(behind_program(text, actor));
    all_of(field, &parts)
}

/// The arguments of a command line.
fn behind_program<'t>(text: &'t str, actor: &str) -> &'t str {
    let text = text.trim_start();
    if let Some(quoted) = text.strip_prefix('"') {
        return match quoted.find('"') {
            Some(end) => &quoted[end + 1..],
            None => quoted,
        };
    }
    // A folder with a blank in its name, without quotes.
    let lower = text.to_ascii_lowercase();
    if !actor.is_empty()
        && let Some(at) = lower.find(&actor.to_ascii_lowercase())
        && program(&text[..at + actor.len()]) == actor
    {
        return &text[at + actor.len()..];
    }
    match text.find(char::is_whitespace) {
        Some(end) => &text[end..],
        None => "",
    }
}

/// How much of a path that stays is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ends {
    /// Its last two parts.
    Short,
    /// All of it.
    Whole,
}

fn of_path(field: &str, path: &str, names: &Names, ends: Ends) -> Option<Asked> {
    let parts = names.parts(path);
    if is_whole(&parts) {
        let is_named = has_variable(&parts);
        return Some(match second_last_separator(path) {
            Some(at) if ends == Ends::Short && !is_named => {
                with(field, "endswith", &names.parts(&path[at..]))
            }
            _ => plain(field, Wanted::Text(escaped(&parts))),
        });
    }
    let last: Vec<_> = match parts.iter().rposition(|part| *part == Part::Gap) {
        Some(gap) => parts[gap + 1..].to_vec(),
        None => Vec::new(),
    };
    let says_much = matches!(last.first(), Some(Part::Text(text)) if text.starts_with(['\\', '/']));
    if says_much && weight(&last) > SHORTEST {
        return Some(with(field, "endswith", &last));
    }
    longest(field, &parts)
}

/// Where the last two parts of a path start, the separator included.
fn second_last_separator(path: &str) -> Option<usize> {
    let last = path.rfind(['\\', '/'])?;
    path[..last].rfind(['\\', '/']).filter(|at| *at > 0)
}

fn of_text(field: &str, text: &str, names: &Names) -> Option<Asked> {
    let parts = names.parts(text);
    if is_whole(&parts) && text.chars().count() <= LONGEST {
        return Some(plain(field, Wanted::Text(escaped(&parts))));
    }
    longest(field, &parts)
}

fn of_script(field: &str, text: &str, names: &Names) -> Option<Asked> {
    let lines: Vec<_> = text.lines().map(|line| names.parts(line)).collect();
    let best = lines
        .iter()
        .flat_map(|line| stretches(line))
        .map(|stretch| trimmed(stretch, LONGEST))
        .first_max(|stretch| weight(stretch))?;
    (weight(&best) >= SHORTEST).then(|| with(field, "contains", &best))
}

/// The stretch that says most.
fn longest(field: &str, parts: &[Part]) -> Option<Asked> {
    let best = stretches(parts)
        .map(|stretch| trimmed(stretch, LONGEST))
        .first_max(|stretch| weight(stretch))?;
    (weight(&best) > SHORTEST).then(|| with(field, "contains", &best))
}

/// All stretches that say something.
fn all_of(field: &str, parts: &[Part]) -> Option<Asked> {
    let mut found: Vec<_> = stretches(parts)
        .map(|stretch| trimmed(stretch, LONGEST))
        .filter(|stretch| weight(stretch) >= SHORTEST)
        .collect();
    if found.len() > MOST_STRETCHES {
        let mut weights: Vec<_> = found.iter().map(|stretch| weight(stretch)).collect();
        weights.sort_unstable_by(|left, right| right.cmp(left));
        let least = weights[MOST_STRETCHES - 1];
        found.retain(|stretch| weight(stretch) >= least);
        found.truncate(MOST_STRETCHES);
    }
    match found.as_slice() {
        [] => None,
        [one] => Some(with(field, "contains", one)),
        many => Some(Asked {
            key: format!("{field}|contains|all"),
            value: Wanted::All(many.iter().map(|stretch| escaped(stretch)).collect()),
        }),
    }
}

/// The first of the greatest items.
trait FirstMax: Iterator + Sized {
    fn first_max<K: Ord>(self, key: impl Fn(&Self::Item) -> K) -> Option<Self::Item> {
        self.reduce(|best, next| if key(&next) > key(&best) { next } else { best })
    }
}

impl<I: Iterator> FirstMax for I {}

#[cfg(test)]
mod tests {
    use super::super::kinds::How;
    use super::super::stable::Names;
    use super::{Wanted, asked};

    fn taken(how: How, text: &str) -> Option<(String, Wanted)> {
        let names = Names::new([
            ("name".to_owned(), "build-box"),
            ("host.temp".to_owned(), r"C:\Users\avery\AppData\Local\Temp"),
            ("host.user_sid".to_owned(), "S-1-5-21-1-2-3-1128"),
        ]);
        asked("F", text, how, "code.exe", &names).map(|asked| (asked.key, asked.value))
    }

    fn is(how: How, text: &str, key: &str, value: &str) {
        let wanted = Some((key.to_owned(), Wanted::Text(value.to_owned())));
        assert_eq!(taken(how, text), wanted, "{how:?} {text}");
    }

    #[test]
    fn programs_are_known_by_their_names() {
        is(
            How::Program,
            r"C:\Users\kim\x\Code.exe",
            "F|endswith",
            r"\Code.exe",
        );
        is(How::Program, "/usr/bin/curl", "F|endswith", "/curl");
        is(How::Program, "System", "F", "System");
    }

    #[test]
    fn command_lines_are_known_by_their_arguments() {
        is(
            How::Command,
            r#""C:\Program Files\Code.exe" tunnel --name build-box"#,
            "F|contains",
            "tunnel --name #{name}",
        );
        is(
            How::Command,
            r"C:\Program Files\code.exe tunnel",
            "F|contains",
            "tunnel",
        );
        assert_eq!(taken(How::Command, "code.exe"), None);
        assert_eq!(
            taken(
                How::Command,
                "x.exe --user-data-dir=C:\\Users\\kim\\data --port 123456 serve"
            ),
            Some((
                "F|contains|all".to_owned(),
                Wanted::All(vec![
                    "--user-data-dir=".to_owned(),
                    r"\data --port".to_owned(),
                    "serve".to_owned(),
                ])
            ))
        );
    }

    #[test]
    fn paths_are_known_by_their_ends_and_keys_as_a_whole() {
        is(
            How::Path,
            r"C:\Windows\System32\Tasks\Updater",
            "F|endswith",
            r"\Tasks\Updater",
        );
        is(
            How::Path,
            r"C:\Users\kim\.vscode\cli\x.json",
            "F|endswith",
            r"\.vscode\cli\x.json",
        );
        is(
            How::Path,
            r"C:\Users\avery\AppData\Local\Temp\x.exe",
            "F",
            r"#{host.temp}\x.exe",
        );
        is(
            How::Key,
            r"HKU\S-1-5-21-1-2-3-1128\Software\Run\TeamViewer",
            "F",
            r"HKU\\#{host.user_sid}\Software\Run\TeamViewer",
        );
        is(
            How::Key,
            r"HKU\S-1-5-21-9-2-3-1128\Software\Run\TeamViewer",
            "F|endswith",
            r"\Software\Run\TeamViewer",
        );
    }

    #[test]
    fn ports_that_a_system_chose_are_not_asked_for() {
        assert_eq!(
            taken(How::Port, "443"),
            Some(("F".to_owned(), Wanted::Number(443)))
        );
        assert_eq!(taken(How::Port, "52117"), None);
        assert_eq!(taken(How::Port, "https"), None);
    }

    #[test]
    fn a_script_is_known_by_its_most_telling_line() {
        is(
            How::Script,
            "$x = 1\nNew-Item -Name build-box -Force\nexit",
            "F|contains",
            "New-Item -Name #{name} -Force",
        );
        assert_eq!(taken(How::Script, "1\n{}\n"), None);
    }
}
