//! What stands between two backticks.

/// The call of a macro.
pub(super) struct Call<'t> {
    pub(super) name: &'t str,
    pub(super) arguments: Vec<String>,
}

impl<'t> Call<'t> {
    /// Reads `name` or `name(first, "second, too", third=x)`.
    pub(super) fn read(text: &'t str) -> Option<Self> {
        let text = text.trim();
        let (name, arguments) = match text.split_once('(') {
            None => (text, Vec::new()),
            Some((name, rest)) => (name.trim_end(), split(rest.strip_suffix(')')?)?),
        };
        let valid = !name.is_empty()
            && name
                .chars()
                .all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.' | ':'));
        valid.then_some(Self { name, arguments })
    }

    /// The values in the order in which the macro names them.
    pub(super) fn bind(&self, names: &[String]) -> Vec<String> {
        let mut values: Vec<Option<String>> = vec![None; names.len()];
        let mut unnamed = Vec::new();
        for argument in &self.arguments {
            let named = argument.split_once('=').and_then(|(name, value)| {
                let place = names.iter().position(|known| known == name.trim())?;
                Some((place, value.trim()))
            });
            match named {
                Some((place, value)) => {
                    if let Some(slot) = values.get_mut(place) {
                        *slot = Some(unquoted(value));
                    }
                }
                None => unnamed.push(unquoted(argument)),
            }
        }
        let mut unnamed = unnamed.into_iter();
        values
            .into_iter()
            .map(|value| value.or_else(|| unnamed.next()).unwrap_or_default())
            .collect()
    }
}

/// Splits at commas outside of quotes and parentheses.
fn split(text: &str) -> Option<Vec<String>> {
    let mut arguments = Vec::new();
    let mut current = String::new();
    let mut depth = 0_usize;
    let mut quoted = false;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if quoted => {
                current.push(letter);
                current.extend(letters.next());
                continue;
            }
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth = depth.checked_sub(1)?,
            ',' if !quoted && depth == 0 => {
                arguments.push(std::mem::take(&mut current).trim().to_owned());
                continue;
            }
            _ => {}
        }
        current.push(letter);
    }
    if quoted || depth > 0 {
        return None;
    }
    let last = current.trim();
    if !last.is_empty() || !arguments.is_empty() {
        arguments.push(last.to_owned());
    }
    Some(arguments)
}

/// An argument without the quotes around it; `\"` within them is a quote.
fn unquoted(text: &str) -> String {
    match text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    {
        Some(inner) => inner.replace("\\\"", "\""),
        None => text.to_owned(),
    }
}
