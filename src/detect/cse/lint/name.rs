//! Names of attributes and functions.

use super::Linter;
use super::pattern::{Compared, How};
use super::rules::{UNKNOWN_FIELD, UNKNOWN_FUNCTION};
use crate::detect::cse::fields;
use crate::detect::cse::syntax::{
    Expression, ExpressionKind, FUNCTIONS, FieldPath, Span, function,
};
use crate::detect::lint::{Edit, Finding, Remedy};
use crate::diagnostic::did_you_mean;

/// What is written for a function of another product.
enum Instead {
    /// The same under another name.
    Name(&'static str),
    /// The contrary of another one.
    Not(&'static str),
    /// Something else.
    Other(&'static str),
}

use Instead::{Name, Not, Other};

/// Functions of other products, in lower case.
const FOREIGN: [(&str, Instead); 20] = [
    (
        "arrays_overlap",
        Other("write `array_contains(a, 'b') OR array_contains(a, 'c')`"),
    ),
    ("coalesce", Other("write `if(isNull(a), b, a)`")),
    ("endswith", Other("write `attribute LIKE '%text'`")),
    ("ends_with", Other("write `attribute LIKE '%text'`")),
    ("has", Name("contains")),
    ("ifnull", Other("write `if(isNull(a), b, a)`")),
    ("isnotempty", Not("isEmpty")),
    ("isnotnull", Not("isNull")),
    ("len", Name("length")),
    ("like", Other("write `attribute LIKE '%text%'`")),
    ("match", Other("write `attribute RLIKE 'regex'`")),
    ("nvl", Other("write `if(isNull(a), b, a)`")),
    ("regex_match", Other("write `attribute RLIKE 'regex'`")),
    ("startswith", Other("write `attribute LIKE 'text%'`")),
    ("starts_with", Other("write `attribute LIKE 'text%'`")),
    ("strcat", Name("concat")),
    ("strlen", Name("length")),
    ("tolower", Name("toLowerCase")),
    ("tonumber", Name("num")),
    ("toupper", Name("toUpperCase")),
];

impl Linter<'_> {
    pub(super) fn field(&mut self, path: &FieldPath, span: Span) {
        let name = path.name.as_str();
        if !path.keys.is_empty()
            || name.len() < 6
            || self.aliases.iter().any(|alias| alias == name)
            || self.environment.knows(name)
            || ["fields", "_raw"].contains(&name)
        {
            return;
        }
        // The schema has more names than the logs that are read fill, so that only what
        // is almost one of these is told.
        let close = fields::names().iter().find(|known| {
            known.eq_ignore_ascii_case(name) || strsim::damerau_levenshtein(known, name) == 1
        });
        let Some(close) = close else {
            return;
        };
        let finding = Finding::new(
            &UNKNOWN_FIELD,
            format!("the schema has no attribute `{name}`"),
            self.query.place(span),
        )
        .fix(
            Remedy::Proposed,
            format!("did you mean `{close}`?"),
            vec![Edit::replace(&self.query, span, &**close)],
        );
        self.tell(finding);
    }

    pub(super) fn call(&mut self, tree: &Expression, name: &str, arguments: &[Expression]) {
        if let Some(known) = function(name) {
            if let ("contains", [subject, part]) = (known.section, arguments)
                && let ExpressionKind::Text(text) = &part.node
            {
                self.compared(&Compared {
                    subject,
                    how: How::Contains,
                    sign: None,
                    text,
                    span: part.span,
                });
            }
            return;
        }
        let text = self.text(tree.span);
        let start = tree.span.start + text.find(|c| c != '(').unwrap_or_default();
        let span = Span::new(start, start + name.len());
        let finding = Finding::new(
            &UNKNOWN_FUNCTION,
            format!("there is no function `{name}`"),
            self.query.place(span),
        );
        let lower = name.to_lowercase();
        let foreign = FOREIGN.iter().find(|(known, _)| *known == lower);
        let renamed = |finding: Finding, remedy, own: &str, title: String| {
            let edit = Edit::replace(&self.query, span, own);
            finding.fix(remedy, title, vec![edit])
        };
        let finding = match foreign {
            Some((_, Name(own))) => renamed(
                finding,
                Remedy::Certain,
                own,
                format!("it is called `{own}`"),
            ),
            Some((_, Not(own))) => renamed(
                finding,
                Remedy::Certain,
                &format!("!{own}"),
                format!("write `!{own}(…)`"),
            ),
            Some((_, Other(help))) => finding.help(*help),
            None => match did_you_mean(name, FUNCTIONS.iter().map(|known| known.name)) {
                Some(own) if name.len() > 3 => renamed(
                    finding,
                    Remedy::Proposed,
                    own,
                    format!("did you mean `{own}`?"),
                ),
                _ => finding,
            },
        };
        self.tell(finding);
    }
}
