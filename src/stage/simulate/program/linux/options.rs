//! Options of programs (POSIX Base Definitions, 12.2, and the long ones of GNU).

/// Arguments, told apart.
#[derive(Debug, Default)]
pub(super) struct Options {
    given: Vec<(String, Option<String>)>,
    /// What is no option.
    pub operands: Vec<String>,
}

impl Options {
    /// Tells arguments apart; `with_value` are the letters and the long names, each
    /// between blanks, that a value follows.
    pub(super) fn parse(arguments: &[String], with_value: &str) -> Self {
        let mut options = Self::default();
        let takes = |name: &str| with_value.split(' ').any(|known| known == name);
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            if argument == "--" {
                options.operands.extend(rest.by_ref().cloned());
            } else if let Some(long) = argument.strip_prefix("--") {
                let (name, value) = match long.split_once('=') {
                    Some((name, value)) => (name, Some(value.to_owned())),
                    None if takes(long) => (long, rest.next().cloned()),
                    None => (long, None),
                };
                options.given.push((name.to_owned(), value));
            } else if let Some(letters) = argument.strip_prefix('-').filter(|rest| !rest.is_empty())
            {
                for (at, letter) in letters.char_indices() {
                    let name = letter.to_string();
                    if takes(&name) {
                        let glued = letters.get(at + letter.len_utf8()..).unwrap_or_default();
                        let value = if glued.is_empty() {
                            rest.next().cloned()
                        } else {
                            Some(glued.to_owned())
                        };
                        options.given.push((name, value));
                        break;
                    }
                    options.given.push((name, None));
                }
            } else {
                options.operands.push(argument.clone());
            }
        }
        options
    }

    /// Whether one of these is given.
    pub(super) fn has(&self, names: &[&str]) -> bool {
        self.given
            .iter()
            .any(|(given, _)| names.contains(&given.as_str()))
    }

    /// The value of the last of these that is given.
    pub(super) fn value(&self, names: &[&str]) -> Option<&str> {
        self.values(names).last().copied()
    }

    /// The values of all of these that are given, in order.
    pub(super) fn values(&self, names: &[&str]) -> Vec<&str> {
        self.given
            .iter()
            .filter(|(given, _)| names.contains(&given.as_str()))
            .filter_map(|(_, value)| value.as_deref())
            .collect()
    }
}
