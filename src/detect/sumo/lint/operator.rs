//! Operators that are none.

use super::Linter;
use super::rules::{EVAL, UNKNOWN_OPERATOR};
use crate::detect::lint::{Edit, Finding, Remedy};
use crate::detect::sumo::syntax::{OPERATORS, Span, Unknown, parse};
use crate::diagnostic::did_you_mean;

/// What is written for an operator of another product.
enum Instead {
    /// The same under another name.
    Name(&'static str, Remedy),
    /// What follows it, without the word.
    Arguments,
    /// Pairs of names with `as` between them, which need no word.
    Renamed,
    /// Something else.
    Other(&'static str),
}

use Instead::{Arguments, Name, Other, Renamed};

/// Operators of other products, in lower case.
const FOREIGN: [(&str, Instead); 38] = [
    (
        "bucket",
        Other("write `timeslice 5m`, or `bin` for numbers"),
    ),
    (
        "chart",
        Other("write `count by a, b` and then `transpose row a column b`"),
    ),
    ("distinct", Name("count by", Remedy::Proposed)),
    (
        "eventstats",
        Other("write the aggregation, or `total … by …`"),
    ),
    ("extend", Other("write `value as name`")),
    ("fillnull", Other("write `if(isNull(a), \"\", a) as a`")),
    ("having", Name("where", Remedy::Certain)),
    ("head", Name("limit", Remedy::Certain)),
    (
        "inputlookup",
        Other("read the table with `cat path://\"…\"`"),
    ),
    ("makemv", Other("write `split a extract 1 as b`")),
    ("mvexpand", Other("write `parse regex … multi`")),
    ("outputlookup", Other("write `save path://\"…\"`")),
    ("project", Name("fields", Remedy::Proposed)),
    (
        "rare",
        Other("write `count by a` and then `sort by _count asc`"),
    ),
    ("regex", Other("write `where a matches /…/`")),
    ("rename", Renamed),
    ("replace", Other("write `replace(a, \"b\", \"c\") as a`")),
    ("reverse", Other("write `sort by _messageTime asc`")),
    ("rex", Other("write `parse regex field=a \"(?<b>…)\"`")),
    (
        "search",
        Other("write keywords before the first pipe, and other conditions into `where`"),
    ),
    ("select", Name("fields", Remedy::Proposed)),
    (
        "spath",
        Other("write `json \"path\" as name`, or `json auto`"),
    ),
    ("stats", Arguments),
    ("streamstats", Other("write `accum a as b`")),
    ("strcat", Other("write `concat(a, b) as c`")),
    (
        "summarize",
        Other("write `count by a`, or another aggregation"),
    ),
    ("table", Name("fields", Remedy::Proposed)),
    (
        "tail",
        Other("write `sort by _messageTime asc` and then `limit`"),
    ),
    ("take", Name("limit", Remedy::Certain)),
    (
        "timechart",
        Other("write `timeslice 5m` and then `count by _timeslice`"),
    ),
    (
        "tstats",
        Other("write the conditions, and then `count by …`"),
    ),
    (
        "union",
        Other("write conditions with `OR` between them, or `join`"),
    ),
    ("uniq", Other("write `dedup`")),
    ("untable", Other("write `transpose`")),
    ("unique", Other("write `count by a`, or `dedup by a`")),
    ("xmlkv", Other("write `parse xml \"/path\" as name`")),
    ("xpath", Other("write `parse xml \"/path\" as name`")),
    ("xyseries", Other("write `transpose row a column b`")),
];

impl Linter<'_> {
    pub(super) fn unknown_operator(&mut self, unknown: &Unknown, span: Span) {
        if let Some(assignment) = &unknown.assignment {
            self.expression(&assignment.value);
            let known = self.fields.known(&assignment.value);
            self.eval(unknown, span);
            self.made(&assignment.name.node.text, known);
            return;
        }
        let name = unknown.name.node.to_lowercase();
        if name == "eval" {
            self.eval(unknown, span);
        } else if let Some((_, instead)) = FOREIGN.iter().find(|(known, _)| *known == name) {
            self.foreign_operator(unknown, instead, span);
        } else {
            self.misspelled_operator(unknown);
        }
        self.fields.open();
    }

    fn eval(&mut self, unknown: &Unknown, span: Span) {
        let finding = Finding::new(
            &EVAL,
            "there is no operator `eval`, so the query is rejected",
            self.query.place(unknown.name.span),
        );
        let Some(assignment) = &unknown.assignment else {
            self.tell(finding.help("write the value first and its name behind it: `… as name`"));
            return;
        };
        let value = assignment.value.span;
        let name = self.text(assignment.name.span).to_owned();
        let edits = vec![
            Edit::replace(&self.query, Span::new(span.start, value.start), ""),
            Edit::after(&self.query, value, format!(" as {name}")),
        ];
        let title = format!("write the value first and its name behind it: `… as {name}`");
        self.tell(finding.fix(Remedy::Certain, title, edits));
    }

    fn foreign_operator(&mut self, unknown: &Unknown, instead: &Instead, span: Span) {
        let finding = self.no_operator(unknown);
        let name = unknown.name.span;
        let arguments = unknown.arguments.node.as_str();
        let finding = match instead {
            Other(help) => finding.help(*help),
            Name(own, remedy) => {
                let title = format!("write `{own}`");
                match self.is_operator(&format!("{own} {arguments}")) {
                    true => {
                        finding.fix(*remedy, title, vec![Edit::replace(&self.query, name, *own)])
                    }
                    false => finding.help(title),
                }
            }
            Arguments => {
                let title = "write the aggregation without the word: `count by a`";
                let gap = Span::new(name.start, unknown.arguments.span.start);
                match self.is_operator(arguments) {
                    true => finding.fix(
                        Remedy::Proposed,
                        title,
                        vec![Edit::replace(&self.query, gap, "")],
                    ),
                    false => finding.help(title),
                }
            }
            Renamed => {
                let pairs: Vec<_> = arguments.split(',').map(str::trim).collect();
                let title = "write `old as new` without the word";
                match pairs
                    .iter()
                    .all(|pair| is_renaming(pair) && self.is_operator(pair))
                {
                    true => finding.fix(
                        Remedy::Certain,
                        title,
                        vec![Edit::replace(&self.query, span, pairs.join(" | "))],
                    ),
                    false => finding.help(title),
                }
            }
        };
        self.tell(finding);
    }

    fn misspelled_operator(&mut self, unknown: &Unknown) {
        let name = &unknown.name.node;
        let like = match name.len() {
            0..4 => None,
            _ => did_you_mean(name, OPERATORS.iter().map(|known| known.name)),
        };
        let finding = self.no_operator(unknown);
        let finding = match like {
            Some(own) => finding.fix(
                Remedy::Proposed,
                format!("did you mean `{own}`?"),
                vec![Edit::replace(&self.query, unknown.name.span, own)],
            ),
            None => finding,
        };
        self.tell(finding);
    }

    fn no_operator(&self, unknown: &Unknown) -> Finding {
        Finding::new(
            &UNKNOWN_OPERATOR,
            format!(
                "there is no operator `{}`, so the query is rejected",
                unknown.name.node
            ),
            self.query.place(unknown.name.span),
        )
    }

    /// Whether a text is an operator with what it needs.
    fn is_operator(&self, text: &str) -> bool {
        use crate::detect::sumo::syntax::Operator;
        let Ok(tree) = parse(&format!("* | {text}")) else {
            return false;
        };
        tree.operators
            .iter()
            .all(|operator| !matches!(operator.node, Operator::Unknown(_)))
    }
}

fn is_renaming(pair: &str) -> bool {
    let words: Vec<_> = pair.split_whitespace().collect();
    matches!(words.as_slice(), [_, word, new]
        if word.eq_ignore_ascii_case("as") && !new.starts_with('"'))
}
