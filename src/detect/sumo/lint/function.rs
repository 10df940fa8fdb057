//! Functions that the documentation does not have.

use super::Linter;
use super::compare::{Compared, How};
use super::rules::UNKNOWN_FUNCTION;
use crate::detect::lint::{Edit, Finding, Remedy};
use crate::detect::sumo::syntax::{
    AggregateFunction, Expression, ExpressionKind, FUNCTIONS, Span, documented_function,
};
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
const FOREIGN: [(&str, Instead); 40] = [
    ("case", Other("nest `if(condition, then, otherwise)`")),
    (
        "cidrmatch",
        Other("compare with `compareCIDRPrefix(one, other, \"24\")`"),
    ),
    ("endswith", Other("write `field matches \"*text\"`")),
    ("float", Name("double")),
    ("has", Other("write `field contains \"text\"`")),
    ("iff", Name("if")),
    ("int", Name("toInt")),
    ("ipv4_is_private", Name("isPrivateIP")),
    ("isnotempty", Not("isEmpty")),
    ("isnotnull", Not("isNull")),
    ("lcase", Name("toLowerCase")),
    ("len", Name("length")),
    ("like", Other("write `field matches \"*text*\"`")),
    ("lower", Name("toLowerCase")),
    (
        "ltrim",
        Other("write `trim(field)` or `replace(field, /^…/, \"\")`"),
    ),
    ("match", Other("write `field matches /regex/`")),
    ("matches_regex", Other("write `field matches /regex/`")),
    (
        "mvcount",
        Other("count the values with `count` or `jsonArraySize`"),
    ),
    ("mvindex", Other("take the value with `json` or `split`")),
    ("nvl", Other("write `if(isNull(a), b, a)`")),
    ("regex_match", Other("write `field matches /regex/`")),
    ("regexp", Other("write `field matches /regex/`")),
    (
        "rtrim",
        Other("write `trim(field)` or `replace(field, /…$/, \"\")`"),
    ),
    ("searchmatch", Other("write the keywords into the scope")),
    ("startswith", Other("write `field matches \"text*\"`")),
    ("strcat", Name("concat")),
    (
        "strftime",
        Other("write `formatDate(milliseconds, \"yyyy-MM-dd\")`"),
    ),
    ("strlen", Name("length")),
    (
        "strptime",
        Other("write `parseDate(field, \"yyyy-MM-dd\")`"),
    ),
    (
        "substr",
        Other("write `substring(text, start, end)`, which counts from zero"),
    ),
    ("tolower", Name("toLowerCase")),
    ("todouble", Name("double")),
    ("tonumber", Name("num")),
    ("tostr", Name("toString")),
    ("toupper", Name("toUpperCase")),
    ("ucase", Name("toUpperCase")),
    ("unquote", Other("write `replace(field, \"\\\"\", \"\")`")),
    ("upper", Name("toUpperCase")),
    ("url_decode", Name("urldecode")),
    ("url_encode", Name("urlencode")),
];

/// Functions of Java's `Math`, which are there without a page ("Math Expressions").
const MATHS: [&str; 13] = [
    "copysign",
    "floordiv",
    "floormod",
    "fma",
    "getexponent",
    "ieeeremainder",
    "nextafter",
    "nextdown",
    "nextup",
    "random",
    "rint",
    "scalb",
    "signum",
];

impl Linter<'_> {
    pub(super) fn call(&mut self, tree: &Expression, function: &str, arguments: &[Expression]) {
        for (index, argument) in arguments.iter().enumerate() {
            match function {
                "if" if index == 0 => self.wanted(|this| this.expression(argument)),
                _ => self.expression(argument),
            }
        }
        self.call_as_comparison(tree, function, arguments);
        let is_known = documented_function(function).is_some()
            || AggregateFunction::named(function).is_some()
            || MATHS.contains(&function)
            || function == "matches";
        if is_known {
            return;
        }
        let start = tree.span.start + self.text(tree.span).find(|c| c != '(').unwrap_or_default();
        let name = Span::new(start, start + function.len());
        if function == "coalesce" {
            self.coalesce(tree, name, arguments);
            return;
        }
        let foreign = FOREIGN.iter().find(|(known, _)| *known == function);
        let instead = match foreign {
            Some((_, instead)) => instead,
            None => {
                self.misspelled(function, name);
                return;
            }
        };
        let finding = self.undocumented(function, name);
        let finding = match instead {
            Name(own) => finding.fix(
                Remedy::Certain,
                format!("it is called `{own}`"),
                vec![Edit::replace(&self.query, name, *own)],
            ),
            Not(own) => finding.fix(
                Remedy::Certain,
                format!("write `!{own}(…)`"),
                vec![Edit::replace(&self.query, name, format!("!{own}"))],
            ),
            Other(help) => finding.help(*help),
        };
        self.tell(finding);
    }

    fn undocumented(&self, function: &str, name: Span) -> Finding {
        Finding::new(
            &UNKNOWN_FUNCTION,
            format!("the documentation has no function `{function}`"),
            self.query.place(name),
        )
    }

    fn misspelled(&mut self, function: &str, name: Span) {
        // A short name is like many others.
        let like = match function.len() {
            0..5 => None,
            _ => did_you_mean(function, FUNCTIONS.iter().map(|known| known.name)),
        };
        let Some(own) = like else {
            return;
        };
        let finding = self.undocumented(function, name).fix(
            Remedy::Proposed,
            format!("did you mean `{own}`?"),
            vec![Edit::replace(&self.query, name, own)],
        );
        self.tell(finding);
    }

    /// `coalesce(a, b)`: the first value that is not null.
    fn coalesce(&mut self, tree: &Expression, name: Span, arguments: &[Expression]) {
        let finding = self.undocumented("coalesce", name);
        let Some(better) = self.first_of(arguments) else {
            self.tell(finding.help("write `if(isNull(a), b, a)`"));
            return;
        };
        // Parentheses around the call belong to its span.
        let whole = Span::new(name.start, tree.span.end);
        let inner = self.text(whole).trim_end();
        let surplus = inner
            .matches(')')
            .count()
            .saturating_sub(inner.matches('(').count());
        let edits = match surplus {
            0 => vec![Edit::replace(&self.query, whole, better)],
            _ => Vec::new(),
        };
        let finding = finding.fix(Remedy::Certain, "write `if(isNull(a), b, a)`", edits);
        self.tell(finding.help("write `if(isNull(a), b, a)`"));
    }

    /// The first of some values that is not null, in documented words.
    fn first_of(&self, arguments: &[Expression]) -> Option<String> {
        let texts: Option<Vec<String>> = arguments
            .iter()
            .map(|argument| match &argument.node {
                ExpressionKind::Call {
                    function,
                    arguments,
                } if function == "coalesce" => self.first_of(arguments),
                ExpressionKind::Field(_)
                | ExpressionKind::Text(_)
                | ExpressionKind::Number { .. }
                | ExpressionKind::Call { .. } => Some(self.text(argument.span).to_owned()),
                _ => None,
            })
            .collect();
        let mut texts = texts?.into_iter().rev();
        let last = texts.next()?;
        Some(texts.fold(last, |rest, text| {
            format!("if(isNull({text}), {rest}, {text})")
        }))
    }

    /// `contains(a, "b")` and `matches(a, "b")` are comparisons.
    fn call_as_comparison(&mut self, tree: &Expression, function: &str, arguments: &[Expression]) {
        let how = match function {
            "contains" => How::Contains,
            "matches" => How::Matches,
            _ => return,
        };
        let [subject, pattern] = arguments else {
            return;
        };
        match &pattern.node {
            ExpressionKind::Text(text) => self.compared(&Compared {
                subject,
                how,
                sign: None,
                whole: tree.span,
                text,
                span: pattern.span,
            }),
            ExpressionKind::Regex(regex) => self.regex(subject, regex, pattern.span),
            _ => {}
        }
    }
}
