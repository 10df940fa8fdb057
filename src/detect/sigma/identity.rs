//! Which rule a place of a file is about, also where the file does not load.

use std::ops::Range;

use serde_yaml::Value;

/// The ids of the rules that stand in the document around a place of a text: one, or
/// none, or several where the document is a list of rules.
#[must_use]
pub fn ids_at(text: &str, place: usize) -> Vec<String> {
    documents(text)
        .into_iter()
        .find(|document| document.contains(&place) || document.end == place)
        .map_or_else(Vec::new, |document| ids_of(&text[document]))
}

/// The ids of all rules of a text.
#[must_use]
pub fn ids_in(text: &str) -> Vec<String> {
    documents(text)
        .into_iter()
        .flat_map(|document| ids_of(&text[document]))
        .collect()
}

/// What a rule says of itself, also where it does not load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// Its id.
    pub id: String,
    /// Its title, or its id where it has none.
    pub title: String,
    /// Its tags.
    pub tags: Vec<String>,
}

/// What the rules of a text say of themselves, those that have an id.
#[must_use]
pub fn described_in(text: &str) -> Vec<Described> {
    let described = |document: Range<usize>| {
        let document = &text[document];
        let parsed: Option<Value> = serde_yaml::from_str(document).ok();
        let rule = parsed.as_ref();
        let line = |key: &str| {
            let line = document.lines().find_map(|line| line.strip_prefix(key))?;
            Some(line.trim().trim_matches(['"', '\'']).to_owned())
        };
        let title = match rule.and_then(|rule| rule.get("title")) {
            Some(Value::String(title)) => Some(title.clone()),
            _ => line("title:"),
        };
        let tags = rule
            .and_then(|rule| rule.get("tags"))
            .and_then(Value::as_sequence);
        let tags = tags.into_iter().flatten().filter_map(Value::as_str);
        let tags: Vec<_> = tags.map(str::to_owned).collect();
        ids_of(document).into_iter().map(move |id| Described {
            title: title.clone().unwrap_or_else(|| id.clone()),
            tags: tags.clone(),
            id,
        })
    };
    documents(text).into_iter().flat_map(described).collect()
}

/// Where the documents of a text stand, without the lines between them.
fn documents(text: &str) -> Vec<Range<usize>> {
    let mut documents = Vec::new();
    let mut start = 0;
    let mut place = 0;
    for line in text.split_inclusive('\n') {
        let is_border = line.starts_with("---") && !line.starts_with("----");
        if is_border {
            documents.push(start..place);
            start = place + "---".len();
        }
        place += line.len();
    }
    documents.push(start..place);
    documents
}

fn ids_of(document: &str) -> Vec<String> {
    let id_of = |rule: &Value| match rule.get("id") {
        Some(Value::String(id)) => Some(id.clone()),
        Some(Value::Number(id)) => Some(id.to_string()),
        _ => None,
    };
    match serde_yaml::from_str::<Value>(document) {
        Ok(Value::Sequence(rules)) => rules.iter().filter_map(id_of).collect(),
        Ok(rule) => id_of(&rule).into_iter().collect(),
        Err(_) => written_id(document).into_iter().collect(),
    }
}

/// The id that the lines of a document name which is no YAML.
fn written_id(document: &str) -> Option<String> {
    let written = document.lines().find_map(|line| line.strip_prefix("id:"))?;
    let written = written.split(" #").next().unwrap_or_default().trim();
    let id = written.trim_matches(['"', '\'']);
    (!id.is_empty()).then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{ids_at, ids_in};

    #[test]
    fn a_place_is_about_the_rule_around_it() {
        let text = "title: a\nid: one\nrelated:\n    - id: two\n---\nid: 'two'\nx: [\n--- # x\n- id: 3\n- id: four\n";
        let at = |word| ids_at(text, text.find(word).expect("the word"));
        assert_eq!(at("related"), ["one"]);
        assert_eq!(at("x: ["), ["two"]);
        assert_eq!(at("four"), ["3", "four"]);
        assert_eq!(ids_at(text, text.len()), ["3", "four"]);
        assert_eq!(ids_in(text), ["one", "two", "3", "four"]);
    }
}
